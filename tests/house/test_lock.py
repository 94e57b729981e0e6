"""The locks hold what pyproject.toml asks for, and name no machine's package registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
ADDRESS = re.compile(
    r"https?:|file:|ssh:|--(extra-)?index-url|--find-links|(?<![A-Za-z0-9])/(home|root|opt|work|tmp|Users)/"
)
RUN_AGAIN = "run `make lock` and commit both lock files"


def test_the_run_lock_holds_every_library_board_asks_for() -> None:
    assert unmet(asked_for_to_run(), "requirements.lock") == [], RUN_AGAIN


def test_the_development_lock_holds_every_library_board_and_its_developers_ask_for() -> None:
    assert unmet(asked_for_to_run() + asked_for_to_develop(), "requirements-dev.lock") == [], RUN_AGAIN


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_keeps_nothing_that_is_no_longer_asked_for(lock: str) -> None:
    asked_for = {canonicalize_name(each.name) for each in asked_for_to_run() + asked_for_to_develop()}
    assert directly_locked(lock) - asked_for == set(), RUN_AGAIN


def test_developers_run_the_same_versions_as_operators() -> None:
    run, develop = (locked_versions(lock) for lock in LOCKS)
    assert {name: develop.get(name) for name in run} == run, RUN_AGAIN


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_and_no_folder_of_a_machine(lock: str) -> None:
    assert ADDRESS.findall((TOP / lock).read_text()) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_library_has_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (TOP / lock).read_text())
    assert [entry for entry in entries if PINNED.match(entry) and "--hash=sha256:" not in entry] == []


def unmet(requirements: list[Requirement], lock: str) -> list[str]:
    """List the requirements that the lock does not meet, with the version it holds."""
    versions = locked_versions(lock)
    held = {each: versions.get(canonicalize_name(each.name)) for each in requirements}
    return [f"{each} (locked: {version})" for each, version in held.items() if not meets(each, version)]


def meets(requirement: Requirement, version: str | None) -> bool:
    """Tell whether a locked version satisfies a requirement."""
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def locked_versions(lock: str) -> dict[str, str]:
    """Map each locked library's canonical name to its version."""
    text = (TOP / lock).read_text()
    return {canonicalize_name(found["name"]): found["version"] for found in PINNED.finditer(text)}


def directly_locked(lock: str) -> set[str]:
    """Name the libraries that the lock says pyproject.toml asked for itself."""
    entries = re.split(r"\n(?=\S)", (TOP / lock).read_text())
    found = (PINNED.match(entry) for entry in entries if "board (pyproject.toml" in entry)
    return {canonicalize_name(each["name"]) for each in found if each}


def asked_for_to_run() -> list[Requirement]:
    """Read the libraries that Board needs to run."""
    return [Requirement(line) for line in pyproject()["project"]["dependencies"]]


def asked_for_to_develop() -> list[Requirement]:
    """Read the libraries that only developers need."""
    return [Requirement(line) for line in pyproject()["dependency-groups"]["dev"]]


def pyproject() -> dict[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((TOP / "pyproject.toml").read_text())
