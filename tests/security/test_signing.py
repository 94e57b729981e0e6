"""A signature that is known again opens no more than one that is computed: none forged, too old or for another use."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from board.signing import KnowingSerializer, KnowingSessions, serializer_for

KEY = "a secret key of a test"


@pytest.fixture
def serializer() -> KnowingSerializer:
    """Return a serializer that knows nothing yet."""
    return KnowingSerializer(KEY, salt="cookie")


def test_what_is_known_again_is_computed_once(serializer: KnowingSerializer, monkeypatch: pytest.MonkeyPatch) -> None:
    text = serializer.dumps({"member": 7})
    assert serializer.loads(text) == {"member": 7}
    monkeypatch.setattr(serializer, "iter_unsigners", None)
    assert serializer.loads(text) == {"member": 7}


def test_each_reader_gets_an_object_of_their_own(serializer: KnowingSerializer) -> None:
    text = serializer.dumps({"member": 7})
    serializer.loads(text)["member"] = 8
    assert serializer.loads(text) == {"member": 7}


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_forged_one_is_refused_beside_the_real_one(serializer: KnowingSerializer, place: int) -> None:
    text = serializer.dumps({"member": 7})
    serializer.loads(text)
    letters = list(text)
    letters[place] = "A" if letters[place] != "A" else "B"
    for _ in range(2):
        with pytest.raises(BadSignature):
            serializer.loads("".join(letters))


def test_one_that_is_known_grows_too_old(serializer: KnowingSerializer, monkeypatch: pytest.MonkeyPatch) -> None:
    text = serializer.dumps("x")
    assert serializer.loads(text, max_age=60) == "x"
    later = datetime.now(UTC) + timedelta(seconds=62)
    monkeypatch.setattr("board.signing.time.time", later.timestamp)
    with pytest.raises(SignatureExpired):
        serializer.loads(text, max_age=60)
    assert serializer.loads(text, max_age=600) == "x"


def test_one_from_the_future_is_refused(serializer: KnowingSerializer, monkeypatch: pytest.MonkeyPatch) -> None:
    text = serializer.dumps("x")
    earlier = datetime.now(UTC) - timedelta(seconds=60)
    monkeypatch.setattr("board.signing.time.time", earlier.timestamp)
    with pytest.raises(SignatureExpired):
        serializer.loads(text, max_age=600)


def test_one_for_another_purpose_is_refused(app: Flask) -> None:
    text = serializer_for("device").dumps("x")
    assert serializer_for("device").loads(text) == "x"
    with pytest.raises(BadSignature):
        serializer_for("address").loads(text)


def test_it_reads_what_plain_itsdangerous_signed_and_the_other_way_round(serializer: KnowingSerializer) -> None:
    plain = URLSafeTimedSerializer(KEY, salt="cookie")
    assert serializer.loads(plain.dumps([1, "é"])) == [1, "é"]
    assert plain.loads(serializer.dumps([1, "é"])) == [1, "é"]
    assert serializer.loads(plain.dumps("x"), return_timestamp=True) == plain.loads(
        plain.dumps("x"), return_timestamp=True
    )


def test_each_application_has_keys_of_its_own() -> None:
    first, second = Flask("first"), Flask("second")
    first.secret_key, second.secret_key = "one key", "another key"
    ours, theirs = KnowingSessions().get_signing_serializer(first), KnowingSessions().get_signing_serializer(second)
    assert ours
    assert theirs
    with pytest.raises(BadSignature):
        theirs.loads(ours.dumps({"member": 7}))
