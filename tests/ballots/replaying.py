"""Votes of people on statements, as a file has them, pressed again one by one through HTTP as browsers press them."""

import csv
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

from board.ballots.voters import DEVICE_COOKIE

ANSWERS = {"1": "Agree", "0": "Pass", "-1": "Disagree"}
FILE = "votes.csv"
ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
NETWORKS_A_BLOCK = 200


@dataclass(frozen=True, order=True)
class Press:
    """One row of the file."""

    at: int  # milliseconds since 1970
    place: int  # in the file, for presses of the same moment
    statement: str
    person: str
    answer: str


def rows() -> list[Press]:
    """Return the real votes if they are on this machine, else some made up in the same format; in order of time."""
    places = [Path(os.environ.get("BOARD_TEST_DATA", "")), ROOT.parent / "shared" / "data"]
    real = next((place / FILE for place in places if (place / FILE).is_file()), None)
    text = real.read_text() if real else made_up()
    found = enumerate(csv.DictReader(StringIO(text)))
    return sorted(
        Press(int(row["timestamp"]), place, row["comment-id"], row["voter-id"], ANSWERS[row["vote"]])
        for place, row in found
    )


def made_up(statements: int = 6, people: int = 40) -> str:
    """Return a file in which most people vote once on most statements, and some change their mind."""
    dice = random.Random(1776)
    lines = ["timestamp,datetime,comment-id,voter-id,vote"]
    for person in range(people):
        for statement in range(statements):
            for _time in range(dice.choice([0, 1, 1, 1, 1, 2, 5])):
                at = 1_403_054_000_000 + dice.randrange(10**9)
                lines.append(f"{at},,{statement},{person},{dice.choice(list(ANSWERS))}")
    return "\n".join(lines)


def tallies_of(presses: list[Press]) -> dict[str, Counter[str]]:
    """Return how often each answer is somebody's last one, for each statement."""
    last = {(press.statement, press.person): press.answer for press in presses}
    found: dict[str, Counter[str]] = {press.statement: Counter() for press in presses}
    for (statement, _person), answer in last.items():
        found[statement][answer] += 1
    return found


def choices_made(presses: list[Press]) -> int:
    """Return how many presses were a first choice or another than before: those that are kept on record."""
    standing: dict[tuple[str, str], str] = {}
    made = 0
    for press in presses:
        made += standing.get((press.statement, press.person)) != press.answer
        standing[press.statement, press.person] = press.answer
    return made


@dataclass
class Reader:
    """A person's browser, behind a proxy that says where it is."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)


class Booth:
    """Readers' browsers in turn over one connection, as a proxy holds it."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._origin = f"http://{HOST}:{port}"
        self._readers: dict[str, Reader] = {}
        self._token = ""

    def press(self, press: Press, slug: str, option_id: int) -> int:
        """Press the button, follow the 307 with the same form as browsers do, and return the last status."""
        reader = self._reader(press.person)
        form = {"csrf_token": self._form_token(slug), "option": str(option_id)}
        path, status = f"/ballots/{slug}/votes", 307
        for _step in range(3):
            status, path = self._post(reader, path, form)
            if status != 307:
                break
        return status

    def get(self, path: str) -> bytes:
        """Ask for a page without cookies."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        assert answer.status == 200, path
        return answer.read()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _reader(self, person: str) -> Reader:
        number = len(self._readers)
        home = f"10.{number // NETWORKS_A_BLOCK}.{number % NETWORKS_A_BLOCK}.7"  # a network of their own
        return self._readers.setdefault(person, Reader(home))

    def _form_token(self, slug: str) -> str:
        if not self._token:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(f"/ballots/{slug}").decode())
            assert found
            self._token = found[1]
        return self._token

    def _post(self, reader: Reader, path: str, form: dict[str, str]) -> tuple[int, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self._origin,
            "X-Forwarded-For": f"198.51.100.9, {reader.address}",  # the first is what a reader may make up
            "Cookie": "; ".join(f"{name}={value}" for name, value in reader.cookies.items()),
        }
        self._connection.request("POST", path, urlencode(form), headers)
        answer = self._connection.getresponse()
        answer.read()
        for name, value in _cookies(answer.headers.get_all("Set-Cookie", [])):
            if name == DEVICE_COOKIE:
                reader.cookies[name] = value
        return answer.status, answer.headers.get("Location", "")


def _cookies(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _is, value = line.partition(";")[0].partition("=")
        yield name, value
