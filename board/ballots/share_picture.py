"""The picture that stands beside a link to a ballot elsewhere: question, disclosure, and bars or "Vote now"."""

from dataclasses import dataclass
from io import BytesIO

from flask_babel import format_percent, get_locale
from flask_babel import gettext as _
from PIL import Image, ImageDraw

from board.ballots.counting import Line, percent
from board.ballots.drawable import fonts
from board.ballots.lettering import Hand
from board.ballots.letters import BOLD
from board.ballots.models import Ballot
from board.ballots.results import Result
from board.ballots.verdicts import mean_text, verdict
from board.ballots.wording import votes_text

WIDTH, HEIGHT, MARGIN = 1200, 630, 64
ROWS, ROW_HEIGHT, ROW_GAP = 4, 56, 8
PAPER, INK, MUTED, ACCENT, BAR, RULE = "#ffffff", "#1b1a18", "#5d5a55", "#0b5a6b", "#d3e6eb", "#1b1a18"
QUESTION_SIZES = (60, 52, 44)
SHARE_WIDTH = 130


@dataclass(frozen=True)
class Shown:
    """One option in the picture; no share while results are hidden."""

    text: str
    percent: int = 0
    share: str = ""


def draw(ballot: Ballot, result: Result | None) -> bytes:
    """Return the PNG; without a result it invites to vote."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    ImageDraw.Draw(picture).rectangle((0, 0, WIDTH, 12), fill=RULE)
    y = _write_head(picture, ballot)
    y = _write_question(picture, ballot.question, y)
    _draw_rows(picture, _rows(ballot, result), y)
    _write_foot(picture, ballot, result)
    out = BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def hand(size: int, weight: int = 400) -> Hand:
    """Return a size and weight to write in."""
    return Hand(fonts(), size, weight)


def _write_head(picture: Image.Image, ballot: Ballot) -> int:
    """Write whose ballot it is and who pays; return where the question begins."""
    site = hand(26, BOLD)
    site.write(picture, (MARGIN, 72), site.cut(ballot.site.name, WIDTH - 2 * MARGIN), ACCENT)
    if not ballot.disclosure:
        return 96
    small = hand(26)
    for place, line in enumerate(small.lines(ballot.disclosure, WIDTH - 2 * MARGIN, 2)):
        small.write(picture, (MARGIN, 112 + 34 * place), line, MUTED)
        end = 112 + 34 * place
    return end + 20


def _write_question(picture: Image.Image, question: str, y: int) -> int:
    """Write the question as large as two lines allow; return where it ends."""
    for size in QUESTION_SIZES:
        large = hand(size, BOLD)
        lines = large.lines(question, WIDTH - 2 * MARGIN, 2)
        if not lines[-1].endswith("…"):
            break
    for line in lines:
        y += round(size * 1.2)
        large.write(picture, (MARGIN, y), line, INK)
    return y + 28


def _rows(ballot: Ballot, result: Result | None) -> list[Shown]:
    if result is None or not result.voters:
        return [Shown(option.text) for option in ballot.options]
    if result.run_off and result.is_final:
        last = result.run_off.rounds[-1]
        best = sorted(last.counts.items(), key=lambda item: -item[1])
        shares = [(result.options[option_id].text, percent(n, last.going_on)) for option_id, n in best]
        return [Shown(text, share, str(format_percent(share / 100))) for text, share in shares]
    lines = sorted(result.lines, key=lambda line: line.place) if ballot.has_closed else result.lines
    return [Shown(result.options[line.option_id].text, line.percent, _share(ballot, line)) for line in lines]


def _share(ballot: Ballot, line: Line) -> str:
    return mean_text(line) if ballot.method == "score" else str(format_percent(line.percent / 100))


def _draw_rows(picture: Image.Image, rows: list[Shown], y: int) -> None:
    """Draw the first options, as many as there is room for."""
    draw, text, bold = ImageDraw.Draw(picture), hand(30), hand(30, BOLD)
    room = max(1, min(ROWS, (HEIGHT - 104 - y) // (ROW_HEIGHT + ROW_GAP)))
    for row in rows[:room]:
        right = WIDTH - MARGIN
        if row.share:
            width = round((right - MARGIN) * row.percent / 100)
            draw.rectangle((MARGIN, y, MARGIN + max(width, 3), y + ROW_HEIGHT), fill=BAR)
            bold.write(picture, (right - 16 - bold.width(row.share), y + 39), row.share, INK)
        draw.line((MARGIN, y + ROW_HEIGHT, right, y + ROW_HEIGHT), fill="#dedbd4", width=2)
        fitting = text.cut(row.text, right - MARGIN - SHARE_WIDTH - 32)
        text.write(picture, (MARGIN + 16, y + 39), fitting, INK)
        y += ROW_HEIGHT + ROW_GAP


def _write_foot(picture: Image.Image, ballot: Ballot, result: Result | None) -> None:
    """Write the verdict or the number of votes, and "Vote now" while that is so."""
    y, right = HEIGHT - 44, WIDTH - MARGIN
    if ballot.is_open:
        bold, words = hand(30, BOLD), str(_("Vote now"))
        left = right - bold.width(words) - 48
        ImageDraw.Draw(picture).rounded_rectangle((left, y - 48, right, y + 20), 6, fill=ACCENT)
        bold.write(picture, (left + 24, y - 4), words, PAPER)
        right = round(left) - 32
    said = _said(ballot, result)
    text = hand(28, BOLD if result and ballot.has_closed else 400)
    text.write(picture, (MARGIN, y - 4), text.cut(said, right - MARGIN), INK if ballot.has_closed else MUTED)


def _said(ballot: Ballot, result: Result | None) -> str:
    if result is None:
        return str(_("Voting has closed")) if ballot.has_closed else ""
    count = votes_text(result.voters, str(get_locale()))
    if ballot.has_closed:
        return f"{verdict(result)} {count}"
    return str(_("%(votes)s, first choices", votes=count)) if ballot.method == "ranked" else count
