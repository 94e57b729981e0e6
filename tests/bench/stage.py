"""Who and what the bench's database holds: writers and readers, articles, threads, ballots."""

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, case, insert, literal, select

from board import create_app
from board.accounts.models import User
from board.accounts.names import lookalike_key
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.ballots.choices import CHOSEN, one
from board.ballots.models import Ballot, BallotOption
from board.ballots.tally import COUNTED, TURNOUT, Tally
from board.ballots.votes import Vote, VoteRecord
from board.config import Settings
from board.storage import now
from tests.bench.loading import FIRST_SECOND, Loader, numbers, padded

PASSWORD = "correct horse battery staple"
AUTHORS = 1_000  # who wrote the bulk
OPTIONS = 3
QUIET_ARTICLE = "quiet"  # has no comment before somebody posts one
MIXED_BALLOT = 3  # votes in the ballot that the mixed load votes in, where no device has voted yet
PARAGRAPHS = [f"<p>{'The house was full and the rain held off until the last bow. ' * 4}</p>" for _ in range(5)]


@dataclass(frozen=True)
class Sizes:
    """How much is made."""

    threads: tuple[int, ...]
    stages: tuple[int, ...]  # articles in the store, from its beginnings to its full size
    comments_each: int
    in_turn: int  # articles of the store that are read in turn
    ballots: tuple[int, ...]
    writers: int

    @property
    def articles(self) -> int:
        """Return the articles in the full store."""
        return self.stages[-1]

    @property
    def every_ballot(self) -> tuple[int, ...]:
        """Return the ballots by their votes, that for the mixed load last."""
        return (*self.ballots, MIXED_BALLOT)

    @property
    def stored(self) -> int:
        """Return the comments in the store."""
        return sum(self.threads) + self.articles * self.comments_each


def thread_name(size: int) -> str:
    """Return the ID of the article with the thread of that size."""
    return f"thread-{size}"


def ballot_name(size: int) -> str:
    """Return the slug of the ballot with so many votes."""
    return f"ballot-{size}"


def writer_address(number: int) -> str:
    """Return the e-mail address of a writer."""
    return f"writer{number}@example.com"


def furnish(loader: Loader, sizes: Sizes, settings: Settings) -> None:
    """Make the site, who writes on it, and the articles; nobody has said anything yet."""
    with loader.engine.begin() as connection:
        connection.execute(insert(Site.__table__).values(id=PRIMARY_SITE_ID, slug="main", name="The Callboard"))  # type: ignore[arg-type]
    make_members(loader, sizes, settings)
    names = [thread_name(size) for size in sizes.threads] + [f"store-{n}" for n in range(sizes.articles)]
    make_articles(loader, [*names, QUIET_ARTICLE])


def fill_store(loader: Loader, sizes: Sizes, stage: int) -> None:
    """Bring the store from the stage before to this one."""
    done = sizes.stages[stage - 1] if stage else 0
    first = len(sizes.threads) + 1 + done
    loader.threads(first, sizes.stages[stage] - done, sizes.comments_each, sizes.writers + 1, AUTHORS)


def fill_rest(loader: Loader, sizes: Sizes) -> None:
    """Make the long threads and the ballots."""
    for number, size in enumerate(sizes.threads, 1):
        loader.threads(number, 1, size, sizes.writers + 1, AUTHORS)
    for number, size in enumerate(sizes.every_ballot, 1):
        make_ballot(loader, number, size)


def make_members(loader: Loader, sizes: Sizes, settings: Settings) -> None:
    """Make the writers, who sign in, and the authors of the bulk."""
    from flask_security import hash_password

    app = create_app(settings)
    with app.app_context():
        password = str(hash_password(PASSWORD))  # once: hashing it for each would take minutes
    moment = now()
    addresses = [writer_address(n) for n in range(sizes.writers)] + [f"author{n}@example.com" for n in range(AUTHORS)]
    rows = [
        {
            "id": number,
            "email": address,
            "display_name": f"Reader {number}",
            "name_key": lookalike_key(f"Reader {number}"),
            "password": password if address.startswith("writer") else None,
            "confirmed_at": moment,
            "fs_uniquifier": f"{random.Random(number).getrandbits(128):032x}",
        }
        for number, address in enumerate(addresses, 1)
    ]
    with loader.engine.begin() as connection:
        connection.execute(insert(User.__table__), rows)  # type: ignore[arg-type]


def make_articles(loader: Loader, names: list[str]) -> None:
    """Make an article with five paragraphs for each name."""
    rows = [
        {"id": number, "site_id": PRIMARY_SITE_ID, "external_id": name, "title": f"Opening night at {name}",
         "standfirst": "The curtain rises.", "byline": "Wanda Words", "body_blocks": PARAGRAPHS}
        for number, name in enumerate(names, 1)
    ]  # fmt: skip
    with loader.engine.begin() as connection:
        connection.execute(insert(Article.__table__), rows)  # type: ignore[arg-type]


def make_ballot(loader: Loader, number: int, size: int) -> None:
    """Make an open ballot in which so many devices have voted."""
    options = [(number - 1) * OPTIONS + place + 1 for place in range(OPTIONS)]
    opened = now().fromtimestamp(FIRST_SECOND, tz=now().tzinfo)
    with loader.engine.begin() as connection:
        connection.execute(
            insert(Ballot.__table__).values(  # type: ignore[arg-type]
                id=number, site_id=PRIMARY_SITE_ID, slug=ballot_name(size), question="Which night was the best?",
                state="published", opens_at=opened, results="always", who="anyone",
            )
        )  # fmt: skip
        texts = [
            {"id": option, "ballot_id": number, "position": option, "text": f"Night {option}"} for option in options
        ]
        connection.execute(insert(BallotOption.__table__), texts)  # type: ignore[arg-type]
        counts = {(option, CHOSEN): len(range(place, size, OPTIONS)) for place, option in enumerate(options)}
        counts[TURNOUT, COUNTED] = size
        shares = [{"ballot_id": number, "option_id": option, "mark": mark, "shard": 0, "count": count}
                  for (option, mark), count in counts.items()]  # fmt: skip
        connection.execute(insert(Tally.__table__), shares)  # type: ignore[arg-type]
    n = numbers(size)
    choice = case(*((n % OPTIONS == place, literal(one(option), JSON)) for place, option in enumerate(options)))
    vote: dict[str, Any] = {
        "ballot_id": literal(number),
        "voter_key": padded("d:", n, 64),
        "choice": choice,
        "receipt": padded("", number * 10_000_000 + n, 32),
        "cast_at": loader.moment(n),
    }
    for model, more in ((Vote, {}), (VoteRecord, {"disclosure_version": literal(0)})):
        row = vote | more
        loader.fill(model, [model.__table__.c[name] for name in row], select(*row.values()))
