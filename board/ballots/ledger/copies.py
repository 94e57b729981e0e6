"""Copies of ledgers as files, in the operator's directory: a ledger only grows, so what was written once stays right.

A download is then a file that is read, not a million hashes; the worker writes what is new after each seal. A copy may
be deleted at any time, and each machine keeps its own. Beside it, a note says up to which byte the copy is whole.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app

from board.ballots.ledger.chain import seals_of
from board.ballots.ledger.models import Seal
from board.ballots.ledger.publishing import parts_of
from board.ballots.models import Ballot
from board.extensions import db

DIRECTORY = "ledgers"
CHUNK_BYTES = 64 * 1024
NONE: Mapping[int, bytes] = {}


@dataclass(frozen=True)
class Copy:
    """How far a copy goes: the entry that it ends with, and its length."""

    number: int = -1
    hash: str = ""
    size: int = 0


def up_to_date(ballot: Ballot, at_hand: Mapping[int, bytes] = NONE) -> tuple[Path, Copy]:
    """Return the file and how far it goes, after adding what is new. Raises OSError where no file can be written.

    `at_hand`: the lines of votes that a seal covers, by its number, for whoever has just made them.
    """
    file = _file(ballot)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with _alone(file):
        copy = _noted(file)
        if not _is_of(ballot, copy):
            file.unlink(missing_ok=True)  # another database's: whoever reads it still has it open
            copy = Copy()
        return file, _grown(ballot, file, copy, at_hand)


def keep(ballot_id: int, at_hand: Mapping[int, bytes] = NONE) -> None:
    """Bring this machine's copy up to date, so that readers find it ready; where it cannot be kept, they do without."""
    with suppress(OSError):
        up_to_date(db.session.get_one(Ballot, ballot_id), at_hand)


def read(file: Path, start: int, length: int) -> Iterator[bytes]:
    """Return a part of a copy, in chunks."""
    with file.open("rb") as opened:
        opened.seek(start)
        while length > 0 and (chunk := opened.read(min(CHUNK_BYTES, length))):
            length -= len(chunk)
            yield chunk


def _grown(ballot: Ballot, file: Path, copy: Copy, at_hand: Mapping[int, bytes]) -> Copy:
    """Add the entries that are not in the copy, and note each when it is written."""
    with file.open("ab") as out:
        out.truncate(copy.size)
        for seal in seals_of(ballot.id, after=copy.number):
            size = copy.size
            votes = at_hand.get(seal.number)
            for part in parts_of(seal) if votes is None else (votes, seal.line.encode() + b"\n"):
                size += out.write(part)
            out.flush()
            copy = Copy(seal.number, seal.hash, size)
            _note(file, copy)
    return copy


def _is_of(ballot: Ballot, copy: Copy) -> bool:
    """Tell whether the copy ends with an entry of this very chain."""
    if copy.number < 0:
        return True
    seal = db.session.get(Seal, (ballot.id, copy.number))
    return seal is not None and seal.hash == copy.hash


def _file(ballot: Ballot) -> Path:
    return Path(current_app.config["BOARD"].instance_path) / DIRECTORY / f"{ballot.slug}.jsonl"


def _notes(file: Path) -> Path:
    return file.with_suffix(".json")


def _noted(file: Path) -> Copy:
    """Return what was noted; nothing if the note or the file is not whole."""
    try:
        copy = Copy(**json.loads(_notes(file).read_bytes()))
        return copy if file.stat().st_size >= copy.size else Copy()
    except (OSError, ValueError, TypeError):
        return Copy()


def _note(file: Path, copy: Copy) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(copy)))
    fresh.replace(_notes(file))


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep the other threads and processes of this machine from writing the copy."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
