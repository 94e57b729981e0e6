"""Writing with sixteen clients: posts, likes, votes. Each acknowledged one is looked up in the database afterwards."""

import itertools
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import func, select

from board import create_app
from board.ballots.models import Ballot, BallotOption
from board.ballots.tickets import issue_ticket
from board.ballots.voters import device_in
from board.ballots.votes import Vote
from board.comments.models import Comment, Reaction
from board.config import load_settings
from tests.bench import rivals
from tests.bench.asking import get, raw
from tests.bench.driver import Answer, Outcome, Request, drive
from tests.bench.figures import at_least, at_most, percentile, rounded
from tests.bench.loading import comment_text
from tests.bench.members import token_in
from tests.bench.plan import Scene
from tests.bench.stage import MIXED_BALLOT, OPTIONS, ballot_name

CLIENTS = 16
POST_P99_MS, VOTE_P99_MS = 60, 30
ARTICLES_WRITTEN_TO = 100
COOKIE = re.compile(rb"set-cookie: *(board_device=[^;\r]+)", re.IGNORECASE)
DEVICES_TIMES = 2  # at most so many times as long as they vote may it take to make voters ready
NETWORKS = 250
SUPPLY = 2_500  # voters made ready for each second of voting


def posts(scene: Scene) -> None:
    """Measure posting comments, spread over many threads."""
    mark = secrets.token_hex(4)
    with scene.engine.connect() as connection:
        before = connection.scalar(select(func.max(Comment.id))) or 0
    outcome = measured(scene, post_requests(scene, mark, busy_articles(scene)), scene.plan.write_seconds)
    with scene.engine.connect() as connection:
        rows = connection.execute(
            select(Comment.body_source, func.count())
            .where(Comment.id > before, Comment.body_source.like(f"{mark} %"))
            .group_by(Comment.body_source)
        )
        stored = {source.split()[1]: count for source, count in rows}
    report(scene, "post a comment", outcome, verdict(outcome.good, stored), rivals.POSTS_BAR, POST_P99_MS)


def busy_articles(scene: Scene) -> list[str]:
    """Return the articles that much is written to."""
    return [f"store-{n}" for n in range(min(ARTICLES_WRITTEN_TO, scene.plan.sizes.in_turn))]


def post_requests(scene: Scene, mark: str, articles: Sequence[str]) -> Iterator[Request]:
    """Yield forms with comments, from each writer in turn, no two texts the same."""
    for number in itertools.count():
        writer = scene.writers[number % len(scene.writers)]
        article = articles[number % len(articles)]
        form = {
            "csrf_token": writer.token,
            "body": f"{mark} {number} {comment_text(number)}",
            "key": secrets.token_hex(8),
        }
        yield Request(raw(scene.port, "POST", f"/articles/{article}/comments", writer.headers, form), str(number))


def reactions(scene: Scene) -> None:
    """Measure liking comments, spread over many threads; nobody likes the same one twice."""
    outcome = measured(scene, like_requests(scene), scene.plan.write_seconds)
    with scene.engine.connect() as connection:
        pairs = connection.execute(select(Reaction.user_id, Reaction.comment_id))
        stored = {f"{user}-{comment}": 1 for user, comment in pairs}
    report(scene, "react", outcome, verdict(outcome.good, stored), votes_bar(scene), VOTE_P99_MS)


def like_requests(scene: Scene) -> Iterator[Request]:
    """Yield forms with likes: each writer in turn likes a comment of the store, then each the next one."""
    comments = likable(scene)
    for number in itertools.count():
        writer = scene.writers[number % len(scene.writers)]
        comment = comments[(number * 37) % len(comments)]
        form = {"csrf_token": writer.token, "liked": "yes"}
        request = raw(scene.port, "POST", f"/comments/{comment}/reaction", writer.headers, form)
        yield Request(request, f"{writer.number}-{comment}")


def likable(scene: Scene) -> list[int]:
    """Return the comments that were there before anybody posted, of as many articles as are read in turn."""
    first = len(scene.plan.sizes.threads) + 1
    query = select(Comment.id).where(Comment.article_id.between(first, first + scene.plan.sizes.in_turn - 1))
    with scene.engine.connect() as connection:
        return list(connection.scalars(query.where(Comment.author_id > scene.plan.sizes.writers)))


def votes(scene: Scene, size: int, seconds: float, *, has_bar: bool) -> float:
    """Measure first votes of new devices in one ballot that has so many votes already; return how many a second."""
    before = count_votes(scene, size)
    outcome = measured(scene, vote_requests(scene, size), seconds)
    added = count_votes(scene, size) - before
    acknowledged, unknown = len(outcome.good), len(outcome.answers) - len(outcome.good)
    fault = "" if 0 <= added - acknowledged <= unknown else f"{acknowledged} acknowledged, {added} STORED"
    if outcome.good:
        scene.run.point(f"votes_{scene.database}", size, outcome.rate)
    bar = votes_bar(scene) if has_bar else None
    report(scene, f"vote, ballot of {size:,}", outcome, fault, bar, VOTE_P99_MS)
    return outcome.rate


def count_votes(scene: Scene, size: int) -> int:
    """Return the voters that the ballot has."""
    with scene.engine.connect() as connection:
        query = select(func.count()).select_from(Vote).where(Vote.ballot_id == scene.ballot_id(size))
        return connection.scalar(query) or 0


def make_devices(scene: Scene) -> None:
    """Make browsers ready to vote: each gets the cookie that Board answers a first vote with, asking for it again."""
    path, form = f"/ballots/{ballot_name(MIXED_BALLOT)}", {"option": option_of(scene, MIXED_BALLOT, 0)}
    form["csrf_token"] = token_in(get(scene.port, path).text)
    first = Request(raw(scene.port, "POST", f"{path}/votes", {}, form), "device")
    count = int(scene.plan.write_seconds * SUPPLY)
    outcome = drive(scene.port, itertools.repeat(first, count), CLIENTS, DEVICES_TIMES * scene.plan.write_seconds)
    found = (COOKIE.search(answer.head) for answer in outcome.answers)
    scene.devices = [match[1].decode() for match in found if match]


def changing_votes(scene: Scene, size: int) -> Iterator[Request]:
    """Yield each device's vote, then its change of mind, and so on for ever."""
    for turn in itertools.count():
        yield from vote_requests(scene, size, turn)


def vote_requests(scene: Scene, size: int, turn: int = 0) -> Iterator[Request]:
    """Return each device's vote, with the ticket that its form holds, from many networks behind one proxy.

    In another turn it is for another option.
    """
    token = token_in(get(scene.port, f"/ballots/{ballot_name(size)}").text)
    options = [option_of(scene, size, place) for place in range(OPTIONS)]
    path = f"/ballots/{ballot_name(size)}/votes"

    def make(number: int, cookie: str, ticket: str) -> Request:
        form = {"csrf_token": token, "option": options[(number + turn) % OPTIONS], "ticket": ticket}
        headers = {"Cookie": cookie, "HX-Request": "true", "X-Forwarded-For": address_of(number)}
        return Request(raw(scene.port, "POST", path, headers, form), str(number))

    ready = zip(scene.devices, tickets(scene, size, has_voted=turn > 0), strict=True)
    return (make(number, *device) for number, device in enumerate(ready))


def address_of(number: int) -> str:
    """Return an address in a network of its own."""
    return f"10.{number // NETWORKS % NETWORKS}.{number % NETWORKS}.1"


def tickets(scene: Scene, size: int, *, has_voted: bool = False) -> list[str]:
    """Return the ticket of each device in the ballot, as its page's form would hold it."""
    settings = load_settings(
        instance_path=Path(scene.server.environment["BOARD_INSTANCE_PATH"]),
        database_url=scene.server.database_url,
        public_url=scene.server.environment["BOARD_PUBLIC_URL"],
    )
    ballot, receipts = Ballot(id=scene.ballot_id(size)), dict[str, str]()
    if has_voted:
        with scene.engine.connect() as connection:
            query = select(Vote.voter_key, Vote.receipt).where(Vote.ballot_id == ballot.id)
            receipts = {row.voter_key: row.receipt for row in connection.execute(query)}
    with create_app(settings).app_context():
        devices = [device_in(cookie.partition("=")[2]) for cookie in scene.devices]
        keys = [device.voter_key for device in devices if device]
        return [issue_ticket(ballot, key, receipts.get(key, "")) for key in keys]


def option_of(scene: Scene, size: int, place: int) -> str:
    """Return the ID of one of the ballot's options, as its form has it."""
    with scene.engine.connect() as connection:
        query = (
            select(BallotOption.id)
            .where(BallotOption.ballot_id == scene.ballot_id(size))
            .order_by(BallotOption.position)
        )
        return str(connection.scalars(query).all()[place])


def measured(scene: Scene, requests: Iterator[Request], seconds: float) -> Outcome:
    """Keep the clients busy for so long, and note what processor time that took the server."""
    before = scene.server.cpu_seconds()
    outcome = drive(scene.port, requests, CLIENTS, seconds)
    outcome.server_seconds = scene.server.cpu_seconds() - before
    return outcome


def verdict(good: list[Answer], stored: dict[str, int]) -> str:
    """Say what is wrong between what was acknowledged and what is stored; empty if each is there once."""
    lost = sum(answer.tag not in stored for answer in good)
    doubled = sum(stored.get(answer.tag, 0) > 1 for answer in good)
    return ", ".join(f"{count} {what}" for count, what in ((lost, "LOST"), (doubled, "STORED TWICE")) if count)


def votes_bar(scene: Scene) -> float:
    """Return the bar for likes and votes on this database."""
    return rivals.VOTES_BAR_SQLITE if scene.database == "SQLite" else rivals.VOTES_BAR


def report(scene: Scene, work: str, outcome: Outcome, fault: str, bar: float | None, p99_bar: float) -> None:
    """Add the rows of one kind of write: its rate, and how long the slowest took."""
    times = [answer.seconds * 1000 for answer in outcome.good]
    p50 = f"p50 {rounded(percentile(times, 0.5)):g} ms"
    stored = fault or f"all {len(outcome.good):,} stored, once"
    cpu = f"{rounded(outcome.server_seconds * 1000 / max(1, len(outcome.answers))):g} ms of the processor each"
    note = "; ".join(part for part in (p50, cpu, stored, outcome.errors()) if part)
    name = f"{work}, {scene.database}"
    row = at_least(name, [outcome.rate], "/s", bar or outcome.rate, f"{bar or 0:,.0f} /s", 1, note=note)
    if bar is None:
        row.ratio, row.against, row.bar, row.met = None, "", "", None
    else:
        row.bar, row.met = f"≥ {bar:,.0f} /s", bool(row.met and not fault)
    scene.run.add(row)
    if times:
        scene.run.add(at_most(f"{name}, p99", [percentile(times, 0.99)], "ms", p99_bar))
