"""Lines that are put together by hand are in the canonical form that docs/ledger.md promises."""

import json

from hypothesis import given
from hypothesis import strategies as st

from board.ballots.ledger.lines import Sealed, canonical, commitment_of, handle_of, nonce_of

RECEIPTS = st.text("0123456789abcdef", min_size=32, max_size=32)
NUMBERS = st.integers(0, 2**62)
CHOICES = st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=1, max_size=5)
FORMER = st.none() | RECEIPTS
STANDINGS = st.sampled_from([["counted"], ["replaced"], ["undecided"]]) | st.lists(st.text(max_size=8), max_size=3).map(
    lambda reasons: ["voided", *reasons]
)


@given(receipt=RECEIPTS, choice=CHOICES, former=FORMER, disclosure=NUMBERS, standing=STANDINGS)
def test_lines_are_canonical_and_say_what_the_record_says(
    receipt: str, choice: list[list[int]], former: str | None, disclosure: int, standing: list[str]
) -> None:
    record = Sealed.from_record(receipt, json.dumps(choice), former, disclosure)
    replaces = handle_of(former) if former else None
    state, *reasons = standing
    opened = {"choice": choice, "disclosure": disclosure, "nonce": nonce_of(receipt), "replaces": replaces}
    commitment = commitment_of(choice, disclosure, nonce_of(receipt), replaces)
    vote = {"type": "vote", "handle": handle_of(receipt), "commitment": commitment}
    opening = {"type": "opening", "handle": handle_of(receipt), **opened, "standing": state}
    assert record.vote_line() == canonical(vote)
    assert record.opening_line(standing) == canonical({**opening, "reasons": reasons} if reasons else opening)
