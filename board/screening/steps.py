"""The site's steps: each looks at one thing, and says what it found and what the author could do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from board.screening.likeness import are_alike
from board.screening.submissions import Submission
from board.screening.wordlists import compiled

LETTERS_FOR_CAPITALS = 20  # "NATO and the EU" is no shouting
WORDS_NAMED = 10


@dataclass(frozen=True)
class Found:
    """What a step objects to: its words or numbers, and a sentence for the author."""

    words: tuple[str, ...]
    advice: str
    can_be_mended: bool = True


Find = Callable[[Submission], Found | None]


def first_comments(submission: Submission) -> Found | None:
    """Find members of whom too little is published yet."""
    if submission.published_count >= submission.rules.number("first_comments_count"):
        return None
    return Found((str(submission.published_count),), _("First comments are looked at first."), can_be_mended=False)


def new_accounts(submission: Submission) -> Found | None:
    """Find accounts that are young."""
    age = submission.account_age
    if age is None or age >= timedelta(hours=submission.rules.number("new_accounts_hours")):
        return None
    hours = max(0, int(age.total_seconds() // 3600))
    return Found((str(hours),), _("Comments from new accounts are looked at first."), can_be_mended=False)


def newcomer_links(submission: Submission) -> Found | None:
    """Find a first comment with many links."""
    if submission.latest_source is not None:
        return None
    return _links(submission, submission.rules.number("newcomer_links_most"))


def links(submission: Submission) -> Found | None:
    """Find many links."""
    return _links(submission, submission.rules.number("links_most"))


def _links(submission: Submission, most: int) -> Found | None:
    count = submission.link_count
    if count <= most:
        return None
    if most == 0:
        return Found((str(count),), _("Links are not taken here. Take them out."))
    advice = ngettext("At most %(num)s link is fine here. Take some out.", "At most %(num)s links are fine here. Take some out.", most)  # fmt: skip # noqa: E501
    return Found((str(count),), advice)


def refused_words(submission: Submission) -> Found | None:
    """Find words of the list that is refused."""
    return _words(submission, "refused_words")


def held_words(submission: Submission) -> Found | None:
    """Find words of the list that makes comments wait."""
    return _words(submission, "held_words")


def _words(submission: Submission, step: str) -> Found | None:
    typed = submission.rules.text(f"{step}_list")
    if not typed:
        return None
    listed = compiled(typed, submission.rules.text(f"{step}_alike") == "yes")
    found = listed.found_in(submission.seen)
    if not found:
        return None
    named = ", ".join(f"“{entry}”" for entry in found[:WORDS_NAMED])
    return Found(found, _("These words are not welcome here: %(words)s. Say it another way.", words=named))


def repeats(submission: Submission) -> Found | None:
    """Find what has been said before, by the same author just now, or by whoever."""
    if submission.copies >= submission.rules.number("repeats_count"):
        words: tuple[str, ...] = (str(submission.copies),)
    elif submission.latest_source is not None and are_alike(submission.latest_source, submission.source):
        words = ()
    else:
        return None
    return Found(words, _("This has been posted here before. Write something new."))


def capitals(submission: Submission) -> Found | None:
    """Find shouting. Only letters that have two cases count."""
    text = submission.text
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    if upper + lower < LETTERS_FOR_CAPITALS:
        return None
    percent = 100 * upper // (upper + lower)
    if percent < submission.rules.number("capitals_percent"):
        return None
    return Found((f"{percent}%",), _("Much of this is in capital letters, which reads like shouting. Use small ones."))


def length(submission: Submission) -> Found | None:
    """Find texts that are too short or too long."""
    count = len(submission.text)
    least, most = submission.rules.number("length_least"), submission.rules.number("length_most")
    if count < least:
        return Found((str(count),), ngettext("Write at least %(num)s character.", "Write at least %(num)s characters.", least))  # fmt: skip # noqa: E501
    if count > most:
        return Found((str(count),), ngettext("Write at most %(num)s character.", "Write at most %(num)s characters.", most))  # fmt: skip # noqa: E501
    return None


def speed(submission: Submission) -> Found | None:
    """Find members who write very fast."""
    if submission.count_in_ten_minutes < submission.rules.number("speed_count"):
        return None
    advice = _("You have posted many comments in ten minutes. Wait a little, then send it again.")
    return Found((str(submission.count_in_ten_minutes),), advice, can_be_mended=False)


def learnt(submission: Submission) -> Found | None:
    """Find what reads like comments that moderators removed; say nothing before there were enough of both kinds."""
    model, least = submission.model, submission.rules.number("learnt_lessons")
    if model is None or min(model.good, model.bad) < least:
        return None
    weighed = model.weigh(submission.text)
    if weighed.percent < submission.rules.number("learnt_percent"):
        return None
    words = (f"{weighed.percent}%", *weighed.against[:WORDS_NAMED])
    return Found(words, _("This reads like comments that were removed here. Say it another way."))


SITE_STEPS: dict[str, Find] = {
    step.__name__: step
    for step in (
        *(first_comments, new_accounts, newcomer_links, links, refused_words, held_words, repeats),
        *(capitals, length, speed, learnt),
    )
}
