"""Sanctions, statements of reasons, appeals, notices of unlawful content, and the sites' reasons."""

from tests.matrix.entries import (
    ANONYMOUS,
    EDITORS,
    LOGIN,
    LOST,
    MAY,
    MEMBER,
    MEMBERS,
    MODERATORS,
    MODERATORS_ANYWHERE,
    ROLES,
    Audience,
    get,
    post,
)

CONCERNED: Audience = {**dict.fromkeys(ROLES, LOST), ANONYMOUS: LOGIN, MEMBER: MAY}  # the decision is about the member
ANYBODY_IS_THANKED: Audience = {**dict.fromkeys(ROLES, 303), ANONYMOUS: MAY}
EVERYBODY: Audience = dict.fromkeys(ROLES, MAY)
REASON = {"reason": "spam", "note": "Three adverts in an hour."}
DOMAIN = "/moderation/domains/sanctions?domain=elsewhere.example"

ENTRIES = [
    get("moderation.member_page", "/moderation/members/{other}", MODERATORS_ANYWHERE),
    get("moderation.sanction", "/moderation/members/{other}/sanctions", MODERATORS_ANYWHERE),
    post(
        "moderation.sanction", "/moderation/members/{other}/sanctions", MODERATORS_ANYWHERE,
        form={**REASON, "kind": "warning", "where": "{a_site}", "lasts": "7"}, logs="sanction.given",
    ),
    get("moderation.end_sanction", "/moderation/sanctions/{sanction}/end", MODERATORS),
    post("moderation.end_sanction", "/moderation/sanctions/{sanction}/end", MODERATORS, logs="sanction.lifted"),
    get("moderation.domains", "/moderation/domains", MODERATORS_ANYWHERE),
    get("moderation.sanction_of_domain", DOMAIN, MODERATORS_ANYWHERE),
    post(
        "moderation.sanction_of_domain", DOMAIN, MODERATORS_ANYWHERE,
        form={**REASON, "kind": "hold", "where": "{a_site}", "lasts": "7"}, logs="sanction.given",
    ),
    get("moderation.decisions", "/account/decisions", MEMBERS),
    get("moderation.decision", "/account/decisions/{statement}", CONCERNED),
    post(
        "moderation.decision", "/account/decisions/{statement}", CONCERNED, form={"text": "I meant it well."},
        logs="appeal.written",
    ),
    get("moderation.appeals", "/moderation/appeals", MODERATORS_ANYWHERE),
    get("moderation.appeal", "/moderation/appeals/{appeal}", MODERATORS),
    post(
        "moderation.appeal", "/moderation/appeals/{appeal}", MODERATORS, logs="appeal.upheld",
        form={"outcome": "upheld", "words": "It was an insult."},
    ),
    get("moderation.notice", "/comments/{comment}/notices", EVERYBODY),
    post(
        "moderation.notice", "/comments/{comment}/notices", ANYBODY_IS_THANKED, 200, logs="notice.received",
        form={"name": "Lea Law", "email": "lea@example.com", "explanation": "Defamation.", "good_faith": "y"},
    ),
    get("moderation.notices", "/moderation/notices", MODERATORS_ANYWHERE),
    get("moderation.overdue_here", "/manage/notices?site=main", EDITORS, 302),
    get("moderation.overdue", "/manage/sites/{site}/notices", EDITORS),
    post(
        "moderation.overdue", "/manage/sites/{site}/notices", EDITORS, form={"hours": "4", "every_hours": "12"},
        logs="overdue.changed",
    ),
    get("moderation.overdue_feed", "{waiting}", EVERYBODY),
    get("moderation.own_feed", "/moderation/feed", MODERATORS_ANYWHERE),
    post("moderation.make_own_feed", "/moderation/feed", MODERATORS_ANYWHERE, logs="overdue.feed_made"),
    post(
        "moderation.withdraw_own_feed", "/moderation/feed/withdrawal", MODERATORS_ANYWHERE,
        logs="overdue.feed_withdrawn",
    ),
    post("moderation.make_site_feed", "/manage/sites/{site}/notices/feed", EDITORS, logs="overdue.feed_made"),
    post(
        "moderation.withdraw_site_feed", "/manage/sites/{site}/notices/feed/withdrawal", EDITORS,
        logs="overdue.feed_withdrawn",
    ),
    get("moderation.transparency", "/moderation/transparency", MODERATORS_ANYWHERE),
    get("moderation.transparency_csv", "/moderation/transparency.csv", MODERATORS_ANYWHERE),
    get("moderation.reasons_here", "/manage/reasons?site=main", EDITORS, 302),
    get("moderation.reasons", "/manage/sites/{site}/reasons", EDITORS),
    get("moderation.reason", "/manage/sites/{site}/reasons/spam", EDITORS),
    post(
        "moderation.reason", "/manage/sites/{site}/reasons/spam", EDITORS, logs="reason.worded",
        form={"name": "Adverts", "words": "Advertising has no place here.", "ground": "house", "rule": "No adverts.",
              "is_active": "y"},
    ),
]  # fmt: skip
