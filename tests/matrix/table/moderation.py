"""Moderation: reports, decisions, the desk and the log."""

from tests.matrix.entries import MEMBERS, MODERATORS, MODERATORS_ANYWHERE, get, post

REASON = {"reason": "spam", "note": "An advert."}

ENTRIES = [
    get("moderation.report", "/comments/{to_report}/reports", MEMBERS),
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
    get("moderation.log", "/moderation/log", MODERATORS_ANYWHERE),
]  # fmt: skip
