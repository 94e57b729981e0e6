"""Comments, the thread and its pages, reactions."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes, the posting of what was kept for somebody's account, and what is kept of a member."""
    from board.accounts.kept import keeps
    from board.accounts.mutes import forget_mutes, names_muted_by
    from board.accounts.operations import badge_changed
    from board.comments import quiet, searching  # noqa: F401 - routes of the first, tables of the second
    from board.comments.drafts import drafts_of, forget_drafts, init_drafts
    from board.comments.looks import comments_html
    from board.comments.news import count_texts, news_texts
    from board.comments.reasons import reason_text
    from board.comments.threads import touch_threads_of
    from board.comments.views import comments
    from board.comments.visits import forget_visits, visits_of
    from board.comments.words import BADGES, more_replies_text

    app.jinja_env.globals.update(comments_html=comments_html, more_replies_text=more_replies_text)
    app.register_blueprint(comments)
    app.jinja_env.globals.update(reason_text=reason_text, count_texts=count_texts, news_texts=news_texts)
    app.jinja_env.globals.update(BADGES=BADGES)
    badge_changed.connect(touch_threads_of)
    init_drafts(app)
    keeps("kept_texts", export=drafts_of, erase=forget_drafts)
    keeps("muted_members", export=names_muted_by, erase=forget_mutes)
    keeps("visited_threads", export=visits_of, erase=forget_visits)
