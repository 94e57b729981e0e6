"""Reports, decisions, sanctions, appeals and the log."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind reporting, the decisions and the desk."""
    from board.accounts.kept import keeps
    from board.moderation import (  # noqa: F401 - their routes join the blueprint
        appeal_views,
        decision_views,
        desk_views,
        log_views,
        notice_views,
        overdue_feed_views,
        overdue_views,
        reason_views,
        sanction_views,
        search_views,
        transparency_views,
        words,
    )
    from board.moderation.kept import (
        decisions_about,
        forget_decisions,
        forget_reports,
        forget_sanctions,
        reports_by,
        sanctions_on,
    )
    from board.moderation.overdue_feed import forget_feed, told_of_feed
    from board.moderation.saying import count_text
    from board.moderation.views import blueprint
    from board.moderation.waiting import desk_counts, desk_waiting
    from board.screening.explaining import explain

    app.register_blueprint(blueprint)
    keeps("decisions", export=decisions_about, erase=forget_decisions)
    keeps("sanctions", export=sanctions_on, erase=forget_sanctions)
    keeps("overdue_feed", export=told_of_feed, erase=forget_feed)
    keeps("reports", export=reports_by, erase=forget_reports)
    app.jinja_env.globals.update(
        count_text=count_text,
        desk_counts=desk_counts,
        desk_waiting=desk_waiting,
        act_name=words.act_name,
        found_text=words.found_text,
        explain=explain,
        duration_text=words.duration_text,
        reviewer_text=words.reviewer_text,
        STATE_NAMES=words.STATE_NAMES,
        APPEAL_NAMES=words.APPEAL_NAMES,
    )
