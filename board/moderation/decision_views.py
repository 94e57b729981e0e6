"""A member's own pages about decisions: what was decided about them and why, and the appeal."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from board.access import load, permit
from board.accounts.current import member
from board.accounts.forms import form_page
from board.accounts.models import User
from board.answers import private
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation.appeals import Appeal, reviewers_of, write_appeal
from board.moderation.forms import AppealForm
from board.moderation.statements import Statement
from board.moderation.views import blueprint

MOST_SHOWN = 200


@blueprint.get("/account/decisions")
def decisions() -> Response:
    """List what was decided about the member, the newest first."""
    rows = db.session.execute(
        select(Statement, Appeal)
        .outerjoin(Appeal, Appeal.statement_id == Statement.id)
        .where(Statement.member_id == member().id)
        .order_by(Statement.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    return private(make_response(render_template("moderation/decisions.html", rows=rows)))


@blueprint.route("/account/decisions/<int:statement_id>", methods=["GET", "POST"])
def decision(statement_id: int) -> Response:
    """Show one decision with its reasons and the form for an appeal; send the appeal."""
    user = member()
    statement = load_own(statement_id, user)
    appeal, form = db.session.get(Appeal, statement.id), AppealForm()
    if form.is_submitted():
        permit(appeal is not None or statement.can_be_appealed_by(user), _("The time to appeal this decision is over."))
    if appeal or not form.validate_on_submit():
        if appeal and form.is_submitted():
            return _written(statement, is_new=False)
        return form_page("moderation/decision.html", form, **context_of(statement, appeal, user))
    is_new = write_appeal(statement, user, form.text.data)
    db.session.commit()
    return _written(statement, is_new=is_new)


def context_of(statement: Statement, appeal: Appeal | None, user: User) -> dict[str, object]:
    """Return what the page of a decision shows."""
    can_appeal = appeal is None and statement.can_be_appealed_by(user)
    reviewers = reviewers_of(statement) if can_appeal else []
    return {"statement": statement, "appeal": appeal, "can_appeal": can_appeal, "reviewers": reviewers}


def load_own(statement_id: int, user: User) -> Statement:
    """Return the statement if it is about the member. Raises NotThere."""
    query = select(Statement).where(Statement.id == statement_id, Statement.member_id == user.id)
    with_place = joinedload(Statement.comment).joinedload(Comment.article).joinedload(Article.site)
    return load(query.options(with_place))


def _written(statement: Statement, *, is_new: bool) -> Response:
    text = _("Your appeal is on its way. You are told what becomes of it.")
    flash(text if is_new else _("You have appealed this decision already."), "success" if is_new else "message")
    return redirect(url_for(".decision", statement_id=statement.id), 303)
