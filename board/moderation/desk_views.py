"""The desk's own routes: its pages, a press, its undoing, and what a page asks every few seconds."""

from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from board.access import NotThere, load
from board.accounts.current import staff
from board.accounts.models import User
from board.accounts.reach import Reach, reach
from board.accounts.step_up import fresh_proof
from board.answers import is_fragment, next_path, private
from board.comments.models import Comment
from board.extensions import commit_and_keep, db
from board.markup import excerpt
from board.moderation import desk, queues
from board.moderation.answers import flash_batch
from board.moderation.batches import DecisionBatch, DecisionItem
from board.moderation.choosing import Press, comment_numbers, read_press
from board.moderation.decisions import MAX_AT_ONCE, PROOF_ABOVE, UNDO_SECONDS, Batch, decide, undo
from board.moderation.deeds import DEEDS
from board.moderation.forms import RemovalForm
from board.moderation.items import load_items
from board.moderation.presence import note_presence, present_within
from board.moderation.presses import load_presses
from board.moderation.saying import count_text, decided_text, done_text, missed_text, press_text, undone_text
from board.moderation.views import blueprint
from board.urls import row_number

NEWS_SHOWN = 200  # decisions of others that a page is told of at once
BATCHES_A_PAGE = 50


def moderator_and_reach() -> tuple[User, Reach]:
    """Return the moderator and the sites that they moderate."""
    moderator = staff("moderator")
    return moderator, reach(moderator, "moderator")


@blueprint.get("/moderation", endpoint="desk")
def show_queue() -> str:
    """Show what waits for a decision; the page's script gets only the list."""
    moderator, within = moderator_and_reach()
    queue = request.args.get("queue", "")
    page = desk.load_page(
        queue if queue in queues.QUEUES else "reported",
        request.args.get("group", ""),
        request.args.get("after", ""),
        within,
        moderator,
    )
    if is_fragment():
        return render_template("moderation/_queue.html", page=page, **words(page))
    return render_template("moderation/desk.html", page=page, **words(page))


@blueprint.get("/moderation/comments/<int:comment_id>", endpoint="item")
def show_item(comment_id: int) -> str:
    """Show one comment with all that can be done about it, and all that was."""
    moderator, within = moderator_and_reach()
    page = desk.new_page("", within)
    items = load_items([comment_id], within, moderator)
    if not items:
        raise NotThere
    page.groups = [desk.Group(items)]
    history = select(DecisionItem).where(DecisionItem.comment_id == comment_id).order_by(DecisionItem.id.desc())
    history = history.options(joinedload(DecisionItem.batch).joinedload(DecisionBatch.by)).limit(BATCHES_A_PAGE)
    decisions = db.session.scalars(history).all()
    return render_template("moderation/item.html", page=page, history=decisions, **words(page))


@blueprint.post("/moderation/decisions", endpoint="press")
def press() -> Response:
    """Decide on the comments that were chosen; ask for what is missing."""
    moderator, within = moderator_and_reach()
    pressed = read_press(request.form)
    if pressed is None or pressed.is_empty:
        return _nothing_chosen()
    if pressed.count(within) > PROOF_ABOVE:
        fresh_proof()
    comments = pressed.load(within)
    form = RemovalForm(
        MultiDict({"reason": pressed.reason, "note": pressed.note}), site_ids={comment.site_id for comment in comments}
    )
    if DEEDS[pressed.act].needs_reason and not form.validate():
        return _ask_for_reason(pressed, form, comments)
    why = {"reason": form.reason.data or "", "note": pressed.note} if DEEDS[pressed.act].needs_reason else {}
    batch = decide(comments, pressed.act, moderator, seen=pressed.seen, **why)
    commit_and_keep()
    return _show_decided(batch, len(comments))


@blueprint.post("/moderation/decisions/<int:batch_id>/undoing", endpoint="undoing")
def undo_batch(batch_id: int) -> Response:
    """Undo a decision."""
    moderator, within = moderator_and_reach()
    batch = undo(_load_batch(batch_id, within), moderator, within)
    commit_and_keep()
    if is_fragment():
        html = render_template("moderation/_undone.html", batch=batch, **words())
        return private(FlaskResponse(html))
    flash(undone_text(batch), "warning" if batch.missed else "success")
    return redirect(next_path(url_for(".desk")), 303)


@blueprint.get("/moderation/decisions", endpoint="batches")
def show_batches() -> str:
    """Show what was decided of late, newest first, each with its undoing."""
    _moderator, within = moderator_and_reach()
    presses, following = load_presses(within, request.args.get("before", type=row_number))
    page = desk.new_page("decisions", within)
    return render_template("moderation/batches.html", page=page, presses=presses, next_before=following, **words())


@blueprint.get("/moderation/news", endpoint="news")
def tell_news() -> Response:
    """Tell a page of the desk what others did since it last asked, who works on what, and how much waits."""
    moderator, within = moderator_and_reach()
    since = request.args.get("since", type=row_number)
    last = desk.last_decision()
    news = {
        "counts": {queue: count_text(count) for queue, count in queues.count_queues(within).items()},
        "present": {
            str(comment_id): ", ".join(who.name for who in people)
            for comment_id, people in present_within(within, but=moderator.id).items()
        },
        "decided": _decided_since(last if since is None else since, moderator, within),
        "last": last,
    }
    response = private(jsonify(news))
    response.add_etag()
    return response.make_conditional(request)


@blueprint.post("/moderation/presence", endpoint="presence")
def be_present() -> Response:
    """Note which comments the moderator works on."""
    moderator, within = moderator_and_reach()
    note_presence(moderator, comment_numbers(request.form.get("comments", "")), within)
    db.session.commit()
    return private(FlaskResponse("", 204))


def words(page: desk.DeskPage | None = None) -> dict[str, object]:
    """Return what the desk's templates say decisions with; the reasons are those of all sites on the page."""
    sites = {item.comment.site_id for item in page.items} if page else set()
    return {
        "form": RemovalForm(formdata=None, site_ids=sites) if sites else None,
        "excerpt": excerpt,
        "press_text": press_text,
        "decided_text": decided_text,
        "missed_text": missed_text,
        "done_text": done_text,
        "groupings": queues.GROUPINGS,
        "undone_text": undone_text,
        "undo_seconds": UNDO_SECONDS,
        "back": _here(),
    }


def _show_decided(batch: Batch, count: int) -> Response:
    if is_fragment():
        is_full = count == MAX_AT_ONCE
        html = render_template("moderation/_decided.html", batch=batch, is_full=is_full, most=MAX_AT_ONCE, **words())
        return private(FlaskResponse(html))
    flash_batch(batch, count)
    return redirect(next_path(url_for(".desk")), 303)


def _nothing_chosen() -> Response:
    text = _("Choose at least one comment first.")
    if is_fragment():
        return private(FlaskResponse(text, 422))
    flash(text, "error")
    return redirect(next_path(url_for(".desk")), 303)


def _ask_for_reason(pressed: Press, form: RemovalForm, comments: list[Comment]) -> Response:
    """Answer with a page that asks for the reason (and keeps what was chosen), or with what is wrong, to the script."""
    is_first = not pressed.reason and not pressed.note
    if is_fragment():
        problems = [str(problem) for problem in form.errors.get("note", form.errors.get("reason", []))]
        return private(FlaskResponse(" ".join(problems), 422))
    if is_first:
        form = RemovalForm(formdata=None, site_ids={comment.site_id for comment in comments})
    html = render_template(
        "moderation/removing.html",
        form=form,
        pressed=pressed,
        comments=comments,
        excerpt=excerpt,
        next=next_path(url_for(".desk")),
    )
    return private(FlaskResponse(html, 200 if is_first else 422))


def _load_batch(batch_id: int, within: Reach) -> DecisionBatch:
    return load(_batch_query(batch_id, within))


def _batch_query(batch_id: int, within: Reach) -> Select[DecisionBatch]:
    is_mine = select(DecisionItem.id).where(DecisionItem.batch_id == batch_id, within.covers(DecisionItem.site_id))
    return select(DecisionBatch).where(DecisionBatch.id == batch_id, is_mine.exists())


def _decided_since(since: int, moderator: User, within: Reach) -> dict[str, str]:
    query = (
        select(DecisionItem)
        .join(DecisionItem.batch)
        .where(DecisionItem.id > since, DecisionItem.undone_at.is_(None), within.covers(DecisionItem.site_id))
        .where(DecisionBatch.by_id != moderator.id)
        .options(joinedload(DecisionItem.batch).joinedload(DecisionBatch.by))
        .order_by(DecisionItem.id)
        .limit(NEWS_SHOWN)
    )
    return {str(item.comment_id): decided_text(item) for item in db.session.scalars(query)}


def _here() -> str:
    """Return the page's own address."""
    return request.full_path.rstrip("?")
