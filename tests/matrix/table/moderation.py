"""Moderation: reports, decisions, the desk and the log."""

from tests.matrix.entries import (
    EVERYBODY,
    FAR_EDITOR,
    FAR_MODERATOR,
    MEMBERS,
    MODERATORS,
    MODERATORS_ANYWHERE,
    Audience,
    get,
    post,
)

REASON = {"reason": "spam", "note": "An advert."}

NOTHING_ELSEWHERE: Audience = {**MODERATORS, FAR_MODERATOR: 303, FAR_EDITOR: 303}  # back to the desk, nothing done

ENTRIES = [
    get("moderation.report", "/comments/{to_report}/reports", EVERYBODY),
    post("moderation.report", "/comments/{to_report}/reports", MEMBERS, form=REASON, logs="comment.reported"),
    get("moderation.removal", "/comments/{to_remove}/removal", MODERATORS),
    post("moderation.removal", "/comments/{to_remove}/removal", MODERATORS, form=REASON, logs="comment.removed"),
    get("moderation.restoration", "/comments/{removed}/restoration", MODERATORS),
    post("moderation.restoration", "/comments/{removed}/restoration", MODERATORS, logs="comment.restored"),
    post(
        "moderation.restoration", "/comments/{removed_too}/removal", MODERATORS, method="DELETE",
        logs="comment.restored",
    ),
    post("moderation.approval", "/comments/{held}/approval", MODERATORS, logs="comment.approved"),
    get("moderation.desk", "/moderation", MODERATORS_ANYWHERE),
    get("moderation.item", "/moderation/comments/{comment}", MODERATORS),
    get("moderation.news", "/moderation/news?since=0", MODERATORS_ANYWHERE),
    get("moderation.search", "/moderation/search?q=held", MODERATORS_ANYWHERE),
    get("moderation.sweep", "/moderation/members/{other}/removals", MODERATORS_ANYWHERE),
    post(
        "moderation.sweep", "/moderation/members/{other}/removals", MODERATORS_ANYWHERE, 422, logs="comment.removed",
        made_up="tests/moderation/test_search.py",
    ),
    get("moderation.batches", "/moderation/decisions", MODERATORS_ANYWHERE),
    post(
        "moderation.press", "/moderation/decisions", NOTHING_ELSEWHERE, logs="comment.removed",
        form={**REASON, "act": "remove", "comment": "{to_remove_at_once}"},
    ),
    post(
        "moderation.undoing", "/moderation/decisions/{batch}/undoing", MODERATORS, logs="comment.removal_undone"
    ),
    post(
        "moderation.presence", "/moderation/presence", MODERATORS_ANYWHERE, 204, form={"comments": "{comment}"},
        silent="who looks at what is forgotten within minutes",
    ),
    get("moderation.log", "/moderation/log", MODERATORS_ANYWHERE),
    get("moderation.log_export", "/moderation/log/export", MODERATORS_ANYWHERE),
]  # fmt: skip
