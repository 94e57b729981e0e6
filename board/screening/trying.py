"""Try a text: what each step would say, before anybody posts it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from board.accounts.models import User
from board.articles.models import Site
from board.markup import render_comment
from board.screening.bayes import Weighed
from board.screening.deciding import found_by_rules
from board.screening.explaining import explained
from board.screening.rules import Rules
from board.screening.submissions import Hold, Refuse, Submission, Verdict
from board.screening.taught import Model, model_of

A_LONG_TIME = timedelta(days=3650)
MANY = 1000


@dataclass(frozen=True)
class Trial:
    """What would become of a text, and why."""

    verdict: Verdict
    model: Model | None
    weighed: Weighed | None  # what the model thinks of it, whether or not the step is on

    @property
    def outcome(self) -> str:
        """Return "publish", "hold" or "refuse"."""
        return type(self.verdict).__name__.lower()

    @property
    def sentences(self) -> list[str]:
        """Return why, a sentence for each step."""
        if isinstance(self.verdict, Refuse):
            return [explained(self.verdict.step, list(self.verdict.words))]
        reasons = self.verdict.reasons if isinstance(self.verdict, Hold) else ()
        return [explained(reason.step, list(reason.words)) for reason in reasons]


def try_text(site: Site, rules: Rules, body: str, *, is_first: bool = False) -> Trial:
    """Return what the rules do to a text by a member of long standing; `is_first`: by one who has posted nothing.

    Raises MarkupError.
    """
    model = model_of(site, at_once=True)
    known: dict[str, Any] = {"published_count": MANY, "account_age": A_LONG_TIME, "latest_source": ""}
    newcomer: dict[str, Any] = {"published_count": 0, "account_age": timedelta(0), "latest_source": None}
    submission = Submission(
        author=User(),
        source=body,
        html=render_comment(body),
        is_thread_open=True,
        site_id=site.id,
        rules=rules,
        model=model,
        **(newcomer if is_first else known),
    )
    weighed = model.weigh(submission.text) if model else None
    return Trial(found_by_rules(submission), model, weighed)
