"""Write down that other services are to be asked about a comment; `comments/asking.py` asks."""

from flask import current_app
from sqlalchemy import insert

from board.config import Settings
from board.extensions import db
from board.screening.models import ScreeningQuestion
from board.screening.rules import Rules
from board.storage import now

SERVICES = ("akismet", "service")


def is_set_up(step: str) -> bool:
    """Tell whether the operator's settings say whom to ask."""
    settings: Settings = current_app.config["BOARD"]
    return bool(settings.akismet_key if step == "akismet" else settings.screening_url)


def note_questions(rules: Rules, comment_id: int) -> None:
    """Note whom the rules want asked about the comment, in the caller's transaction; usually nobody."""
    asked = [step for step in SERVICES if rules.is_on(step) and is_set_up(step)]
    if asked:
        rows = [{"comment_id": comment_id, "step": step, "due_at": now(), "tries": 0} for step in asked]
        db.session.execute(insert(ScreeningQuestion), rows)
