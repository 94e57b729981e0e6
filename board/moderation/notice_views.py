"""Notices of unlawful content: the form for anybody, and the desk's list."""

from flask import flash, make_response, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from board.access import NotThere
from board.accounts.addresses import MAX_CHARACTERS
from board.accounts.current import staff
from board.accounts.forms import AccountForm, address_rule, form_page
from board.accounts.limits import TooManyTries, count_in_network
from board.accounts.reach import reach
from board.answers import private
from board.extensions import db
from board.moderation.forms import clean, text_field
from board.moderation.notices import load_notices, take_notice
from board.moderation.views import blueprint, comment_path, load_comment

PER_NETWORK = 10  # notices in 15 minutes: a law firm's morning, not a flood
MAX_NAME_CHARACTERS = 100
MAX_EXPLANATION_CHARACTERS = 4000


class NoticeForm(AccountForm):
    """Who says so, why it is unlawful, and that they mean it."""

    name = StringField(
        _l("Your name"),
        [
            DataRequired(_l("Enter your name.")),
            Length(max=MAX_NAME_CHARACTERS, message=_l("Write at most 100 characters.")),
        ],
        filters=[clean],
    )
    email = EmailField(
        _l("Your e-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), address_rule, Length(max=MAX_CHARACTERS)],
    )
    explanation = text_field(
        _l("Why is it against the law?"),
        MAX_EXPLANATION_CHARACTERS,
        DataRequired(_l("Say which law it breaks, and how.")),
    )
    good_faith = BooleanField(
        _l("I believe in good faith that what I write here is accurate and complete."),
        [InputRequired(_l("We can only act on a notice given in good faith."))],
    )


@blueprint.route("/comments/<int:comment_id>/notices", methods=["GET", "POST"])
def notice(comment_id: int) -> Response:
    """Take a notice that a comment is unlawful, from anybody."""
    comment = load_comment(comment_id)
    if comment.state != "published":
        raise NotThere
    form = NoticeForm()
    if not form.validate_on_submit() or not _is_within_limits(form):
        return form_page("moderation/notice.html", form, comment=comment, back=comment_path(comment))
    is_new = take_notice(comment, form.name.data, form.email.data, form.explanation.data)
    db.session.commit()
    text = _("Thank you. We have your notice, and answer it by e-mail once a moderator has decided.")
    if current_user.is_authenticated:
        flash(text if is_new else _("You have given notice of this comment already."), "success")
        return redirect(comment_path(comment), 303)
    return private(make_response(render_template("moderation/notice_taken.html", back=comment_path(comment))))


@blueprint.get("/moderation/notices")
def notices() -> Response:
    """Show the notices that wait for a decision, the oldest first."""
    within = reach(staff("moderator"), "moderator")
    return private(make_response(render_template("moderation/notices.html", notices=load_notices(within))))


def _is_within_limits(form: NoticeForm) -> bool:
    try:
        count_in_network("notice", PER_NETWORK)
    except TooManyTries as refusal:
        form.refuse(refusal)
        return False
    return True
