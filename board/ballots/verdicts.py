"""What a result comes to, in sentences: who won, what ties, how shares are rounded, what is still open."""

from babel.lists import format_list
from flask_babel import format_decimal, format_percent, get_locale, ngettext
from flask_babel import gettext as _

from board.ballots.choices import BEST_SCORE
from board.ballots.counting import BY_EARLIER_ROUND, BY_LOT, Line, Round, percent
from board.ballots.results import Result

SOME_CHOOSE_MORE = ("several", "approval")


def verdict(result: Result) -> str:
    """Say who has won; nothing before the close."""
    if not result.ballot.has_closed:
        return ""
    if not result.voters:
        return str(_("Nobody voted."))
    if not result.is_counted:
        return str(_("The rounds are being counted. The result is here within a minute."))
    winners = result.winners
    if not winners:
        return str(_("No option has a vote."))
    if len(winners) > 1:
        names = [winner.text for winner in winners]
        return str(_("%(names)s tie for first place.", names=format_list(names, locale=get_locale())))
    line = next(line for line in result.lines if line.option_id == winners[0].id)
    return _won(result, winners[0].text, line)


def notes(result: Result) -> list[str]:
    """Say what a reader should know of the numbers."""
    found = [_rounding(result), undecided_note(result.undecided), _unlisted(result), _set_aside(result)]
    return [note for note in found if note]


def round_note(number: int, each: Round, names: dict[int, str]) -> str:
    """Say what happens in a round of a run-off."""
    out = format_list([names[option_id] for option_id in each.out], locale=get_locale()) if each.out else ""
    if not each.out:
        return str(_("Round %(number)s decides.", number=number))
    if each.tie == BY_EARLIER_ROUND:
        return str(
            _("Round %(number)s: %(name)s goes out, with fewer in an earlier round than who is level.",
              number=number, name=out)
        )  # fmt: skip
    if each.tie == BY_LOT:
        return str(_("Round %(number)s: a tie for the fewest; %(name)s goes out by lot.", number=number, name=out))
    if len(each.out) > 1:
        return str(_("Round %(number)s: %(names)s go out, without any ballot.", number=number, names=out))
    return str(_("Round %(number)s: %(name)s goes out.", number=number, name=out))


def mean_text(line: Line) -> str:
    """Return the mean score with two decimals at most, or a dash."""
    return str(format_decimal(round(float(line.mean), 2), format="0.0#")) if line.mean is not None else "–"


def _won(result: Result, name: str, line: Line) -> str:
    method = result.ballot.method
    if method == "ranked" and result.run_off:
        last = result.run_off.rounds[-1]
        share = _share(last.counts[line.option_id], last.going_on)
        if len(result.run_off.rounds) == 1:
            return str(_("%(name)s wins in the first round, with %(share)s of the ballots.", name=name, share=share))
        number = len(result.run_off.rounds)
        return str(
            _("%(name)s wins in round %(number)s, with %(share)s of the ballots that still count.",
              name=name, number=number, share=share)
        )  # fmt: skip
    if method == "score":
        mean = mean_text(line)
        return str(_("%(name)s wins with a mean score of %(mean)s of %(best)s.", name=name, mean=mean, best=BEST_SCORE))
    share = _share(line.count, result.voters)
    if method in SOME_CHOOSE_MORE:
        return str(_("%(name)s wins: %(share)s of the voters chose it.", name=name, share=share))
    return str(_("%(name)s wins with %(share)s of the votes.", name=name, share=share))


def _share(count: int, total: int) -> str:
    return str(format_percent(percent(count, total) / 100))


def _rounding(result: Result) -> str:
    if not result.voters:
        return ""
    method = result.ballot.method
    if method in SOME_CHOOSE_MORE:
        return str(
            _("Shares are of the voters. Each could choose more than one, so they can add up to more than 100%.")
        )
    if method == "score":
        return str(_("The mean is of those who gave the option a score."))
    total = sum(line.percent for line in result.lines)
    if total in (100, 0) or result.unlisted:
        return ""
    return str(_("Shares are rounded; here they add up to %(total)s%%.", total=total))


def undecided_note(votes: int) -> str:
    """Say how many votes are for suggestions that wait for an editor."""
    if not votes:
        return ""
    return str(
        ngettext(
            "%(num)s vote is for a suggestion that is not decided yet.",
            "%(num)s votes are for suggestions that are not decided yet.",
            votes,
        )
    )


def _unlisted(result: Result) -> str:
    refused = result.unlisted - result.undecided
    if refused <= 0:
        return ""
    return str(
        ngettext(
            "%(num)s mark is for a suggestion that is not among the options.",
            "%(num)s marks are for suggestions that are not among the options.",
            refused,
        )
    )


def _set_aside(result: Result) -> str:
    if not (result.ballot.has_closed and result.quarantined):
        return ""
    return str(
        ngettext(
            "%(num)s vote is set aside for a check. If it is counted later, the result is counted anew.",
            "%(num)s votes are set aside for a check. If they are counted later, the result is counted anew.",
            result.quarantined,
        )
    )
