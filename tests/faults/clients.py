"""Members who post and readers who vote, all at once; each notes what it was told and repeats what it is unsure of."""

import hashlib
import secrets
import threading
import time
from collections.abc import Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException

from itsdangerous import URLSafeTimedSerializer

from board.ballots.voters import DEVICE_COOKIE
from tests.bench.asking import HOST, Page, ask, get
from tests.bench.members import sign_in, token_in
from tests.bench.plan import Writer
from tests.faults.checker import Notes, Word

AFTER_A_FAULT_SECONDS = 0.05
PATIENCE_SECONDS = 60  # for a server that is being started again


class Clients:
    """A crowd that goes on until it is told to stop; then each finishes what it has in hand."""

    def __init__(self, port: int, article: str, ballot: str, options: Sequence[int]) -> None:
        """Remember where to write."""
        self.port, self.article, self.ballot, self.options = port, article, ballot, options
        self.comments, self.votes = Notes(), Notes()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, members: int, readers: int) -> None:
        """Let them write."""
        token = token_in(get(self.port, "/login").text)
        writers = [sign_in(self.port, number, token) for number in range(members)]
        page_token = token_in(get(self.port, f"/ballots/{self.ballot}").text)
        work = [partial(self._keep_posting, writer) for writer in writers]
        work += [partial(self._keep_voting, page_token)] * readers
        self._threads = [threading.Thread(target=job, daemon=True) for job in work]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish what it has in hand."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS + 10)
            assert not thread.is_alive(), "a client waits for ever"

    def _keep_posting(self, writer: Writer) -> None:
        while not self._over.is_set():
            key = secrets.token_hex(8)
            form = {"csrf_token": writer.token, "body": f"{key} The curtain rose twice.", "key": key}
            self._settle(self.comments, key, f"/articles/{self.article}/comments", form, writer.headers)

    def _keep_voting(self, token: str) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            path = f"/ballots/{self.ballot}/votes"
            form = {"csrf_token": token, "option": str(self.options[number % len(self.options)])}
            device, again = self._new_device(path, form)
            if device:
                network = f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.1"
                cookie = f"{DEVICE_COOKIE}={device}"
                headers = {"Cookie": cookie, "HX-Request": "true", "X-Forwarded-For": network}
                self._settle(self.votes, voter_key(device), again, form, headers)

    def _new_device(self, path: str, form: dict[str, str]) -> tuple[str, str]:
        """Return the cookie that a reader's first vote is answered with, and where to send it; "" if by nobody."""
        try:
            answer = self._send(path, form, {})
            return answer.cookies.get(DEVICE_COOKIE, ""), answer.headers.get("location", "")
        except (OSError, HTTPException):
            time.sleep(AFTER_A_FAULT_SECONDS)
            return "", ""

    def _settle(self, notes: Notes, key: str, path: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Send the same form until an answer tells what became of it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                word = word_of(self._send(path, form, headers).status)
            except (OSError, HTTPException):
                word = Word.UNKNOWN
            notes.note(key, word)
            if word is not Word.UNKNOWN:
                return
            time.sleep(AFTER_A_FAULT_SECONDS)

    def _send(self, path: str, form: dict[str, str], headers: dict[str, str]) -> Page:
        connection = HTTPConnection(HOST, self.port, timeout=5)
        try:
            return ask(connection, "POST", path, form, headers)
        finally:
            connection.close()


def word_of(status: int) -> Word:
    """Return what a status promises; after a fault inside, the write may or may not be there."""
    if status >= 500:
        return Word.UNKNOWN
    return Word.OK if status < 400 else Word.REFUSED


def voter_key(device: str) -> str:
    """Return the key under which the device votes, from its cookie."""
    _is_signed, name = URLSafeTimedSerializer("").loads_unsafe(device)
    return f"d:{hashlib.sha256(str(name).encode()).hexdigest()}"
