"""Change a site's rules; the pages at `/manage` and the command line both come here."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from board.articles.models import Site
from board.articles.rules import WrongFields
from board.audit import record
from board.extensions import db
from board.screening.models import ScreeningRules
from board.screening.rules import BY_NAME, Rules, judged, with_values
from board.screening.wordlists import entries_of
from board.storage import now

Typed = Mapping[str, str]


def change_rules(site: Site, typed: Typed, *, by: Any = None, seen_version: int | None = None) -> bool:
    """Change the fields that are given, and no other; tell whether that changed anything. The caller commits.

    `seen_version` is that of the rules which the form showed. Raises WrongFields, also when somebody else was quicker.
    """
    clean = judged(typed)
    raised = update(Site).where(Site.id == site.id).values(rules_version=Site.rules_version + 1)
    raised = raised.returning(Site.rules_version).execution_options(synchronize_session=False)
    version: int = db.session.execute(raised).scalar_one()
    if seen_version is not None and version != seen_version + 1:
        raise WrongFields({"": _("Somebody else changed the rules meanwhile. Look at them, then save again.")})
    stored = select(ScreeningRules).where(ScreeningRules.site_id == site.id).execution_options(populate_existing=True)
    row = db.session.scalar(stored) or ScreeningRules(site_id=site.id, values={})
    before = Rules(version - 1, row.values)
    after = with_values(before, clean)
    if dict(after.values) == dict(before.values):
        db.session.rollback()
        return False
    row.values, row.version, row.changed_at = dict(after.values), version, now()
    db.session.add(row)
    db.session.expire(site, ["rules_version"])
    changes = _changes(before, after)
    record(
        "screening.changed",
        site,
        by=by,
        site_id=site.id,
        before={"version": version - 1, **{name: old for name, (old, _new) in changes.items()}},
        after={"version": version, **{name: new for name, (_old, new) in changes.items()}},
    )
    return True


def _changes(before: Rules, after: Rules) -> dict[str, tuple[Any, Any]]:
    """Return each changed field's former and new value; of a list of words only what went and what came."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, asked in BY_NAME.items():
        old, new = before.text(name), after.text(name)
        if old == new:
            continue
        if asked.kind == "words":
            gone, come = entries_of(old), entries_of(new)
            found[name] = [e for e in gone if e not in set(come)], [e for e in come if e not in set(gone)]
        else:
            found[name] = old, new
    return found
