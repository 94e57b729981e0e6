"""Rules and models as this process knows them: read once, and again when the site's row says that they changed.

The site's row comes with every query that writing takes, so screening adds no statement of its own. A model that
moderators are teaching is read again at most every half minute, and then only the words that changed.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import select

from board.articles.models import Site
from board.extensions import db
from board.screening.bayes import Counts, Weighed, tokens_of, weigh
from board.screening.models import ScreeningModel, ScreeningRules, ScreeningWord
from board.screening.rules import USUAL, Rules

READ_AGAIN_SECONDS = 30.0
MOST_WORDS = 100_000  # of a model, the most frequent ones; about 15 MB


@dataclass
class Model:
    """What a site's model has learnt, as of a version."""

    version: int = 0
    good: int = 0
    bad: int = 0
    words: dict[str, Counts] = field(default_factory=dict)
    read_at: float = 0.0

    def weigh(self, text: str) -> Weighed:
        """Return how bad a plain text looks, and why."""
        return weigh(tokens_of(text), self.words.get, self.good, self.bad)


def rules_of(site: Site) -> Rules:
    """Return the site's rules at the version that its row names."""
    wanted = site.rules_version
    if not wanted:
        return USUAL
    kept: dict[int, Rules] = _kept("rules")
    rules = kept.get(site.id)
    if rules is None or rules.version != wanted:
        row = select(ScreeningRules.values).where(ScreeningRules.site_id == site.id)
        rules = kept[site.id] = Rules(wanted, db.session.scalar(row) or {})
    return rules


def model_of(site: Site, *, at_once: bool = False) -> Model | None:
    """Return the site's model, at most half a minute old; `at_once`: as it is now. None: nothing was ever learnt."""
    wanted = site.lessons_version
    if not wanted:
        return None
    kept: dict[int, Model] = _kept("models")
    model = kept.get(site.id)
    is_due = model is None or at_once or time.monotonic() - model.read_at >= READ_AGAIN_SECONDS
    if is_due and (model is None or model.version != wanted):
        model = kept[site.id] = _read(site.id, model or Model())
    return model


def _read(site_id: int, known: Model) -> Model:
    """Return the model as it is stored: what is known already, with the words that changed since."""
    totals = select(ScreeningModel.version, ScreeningModel.good, ScreeningModel.bad)
    row = db.session.execute(totals.where(ScreeningModel.site_id == site_id)).first()
    if row is None:
        return Model(read_at=time.monotonic())
    known = known if known.version <= row.version else Model()
    changed = select(ScreeningWord.word, ScreeningWord.good, ScreeningWord.bad).where(
        ScreeningWord.site_id == site_id, ScreeningWord.version > known.version
    )
    if not known.version:
        changed = changed.order_by((ScreeningWord.good + ScreeningWord.bad).desc()).limit(MOST_WORDS)
    words = dict(known.words)
    for word, good, bad in db.session.execute(changed):
        words[word] = good, bad
    return Model(row.version, row.good, row.bad, words, time.monotonic())


def _kept(what: str) -> dict[int, Any]:
    kept: dict[str, dict[int, Any]] = current_app.extensions.setdefault("board_screening", {"rules": {}, "models": {}})
    return kept[what]
