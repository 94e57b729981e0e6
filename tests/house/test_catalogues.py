"""Readers find every text in every shipped language; staff's own pages may fall back to English (docs/languages.md)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from board.languages import SHIPPED

TOP = Path(__file__).resolve().parents[2]
TRANSLATIONS = TOP / "board" / "translations"
TRANSLATED = sorted(set(SHIPPED) - {"en"})
# What only staff, operators and auditors see. A text that stands anywhere else must be translated.
STAFFS = (
    *("templates/manage/", "templates/transfer/", "templates/ballots/manage/", "templates/ballots/report/"),
    *("templates/ballots/ledger/verify.html", "templates/moderation/"),
    *("templates/accounts/member", "templates/gate/subscribers.html", "templates/embed/pages.html"),
    *("board/cli/", "board/moderation/", "board/transfer/", "board/pages/forms", "board/pages/manage"),
    *("board/pages/screening_form", "board/articles/", "board/accounts/members", "board/accounts/placeholders"),
    *("board/comments/merging", "board/embed/checking", "board/embed/site_keys", "board/ballots/ledger/offline"),
    *(f"board/ballots/{name}" for name in ("facts", "forms", "health", "manage", "operations", "patterns")),
    *(f"board/ballots/{name}" for name in ("quarantine", "report_views", "suspicion", "terms")),
    *(f"board/screening/{name}" for name in ("catalogue", "explaining", "operations", "rules", "wordlists")),
)
# In folders of staff's, what members and those who give notice see all the same.
READERS = (
    *(f"templates/moderation/{name}" for name in ("decision.html", "decisions.html", "_reasons", "report")),
    *(f"templates/moderation/{name}.html" for name in ("notice", "notice_taken")),
    *(f"templates/moderation/mail/{name}" for name in ("_reasons", "appeal", "notice", "outcome", "statement")),
    "templates/moderation/mail/withdrawn",
    *(f"board/moderation/{name}.py" for name in ("appeals", "decision_views", "forms", "notice_views", "notices")),
    *(f"board/moderation/{name}.py" for name in ("reporters", "statements", "views", "words")),
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Collect every text of the interface, as `make catalogue` does."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml", "-k", "_l",
         "--add-location=file", "-o", template, "."],
        cwd=TOP, check=True,
    )  # fmt: skip
    return _read(template)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_that_readers_see_is_translated(texts: Catalog, language: str) -> None:
    catalogue = _catalogue(language)
    missing = [text.id for text in texts if text.id and not _is_staffs(text) and not _is_done(catalogue.get(text.id))]
    assert missing == [], f"run `make catalogue`, then translate these in {_path(language)}, and run it again"


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_up_to_date(texts: Catalog, language: str) -> None:
    known, present = ({text.id for text in each if text.id} for each in (_catalogue(language), texts))
    assert known == present, "run `make catalogue`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_what_its_text_does(language: str) -> None:
    """Only a plural form for one number may leave that number out."""
    wrong = []
    for text in _catalogue(language):
        if text.id and _is_done(text):
            of_text = set(PLACEHOLDER.findall(" ".join(_forms(text.id))))
            for form in _forms(text.string):
                left_out = of_text - set(PLACEHOLDER.findall(form))
                is_right = left_out <= ({"num", "count", "number"} if text.pluralizable else set())
                if not is_right or set(PLACEHOLDER.findall(form)) - of_text:
                    wrong.append(form)
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_the_marks_of_its_language(language: str) -> None:
    """Quotes are those of the language; what stands before and after a text in a page is not part of it."""
    texts = [form for text in _catalogue(language) if text.id and _is_done(text) for form in _forms(text.string)]
    assert [text for text in texts if text != text.strip() or '"' in text or "'" in text] == []


def test_every_shipped_language_has_its_catalogue() -> None:
    assert sorted(path.name for path in TRANSLATIONS.iterdir()) == TRANSLATED


def _is_staffs(text: Message) -> bool:
    return all(path.startswith(STAFFS) and not path.startswith(READERS) for path, _line in text.locations)


def _is_done(text: Message | None) -> bool:
    return text is not None and not text.fuzzy and all(_forms(text.string))


def _forms(strings: str | Sequence[str] | None) -> tuple[str, ...]:
    return (strings,) if isinstance(strings, str) else tuple(strings or ("",))


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _catalogue(language: str) -> Catalog:
    return _read(_path(language), language)


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)
