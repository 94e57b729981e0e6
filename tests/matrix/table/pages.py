"""Public pages, /manage, and what machines ask for."""

from tests.matrix.entries import (
    ADMINS,
    ANONYMOUS,
    EDITORS,
    EDITORS_ANYWHERE,
    EVERYBODY,
    MAY,
    MEMBER,
    Audience,
    get,
    post,
)

ARTICLE = {"external_id": "second-night", "title": "Second night", "gate": "open", "comments": "open"}

STAFF_RELOADS: Audience = {
    **dict.fromkeys(EVERYBODY, 205),
    ANONYMOUS: MAY,
    MEMBER: MAY,
}  # their pages are rendered for them

ENTRIES = [
    get("pages.front", "/", EVERYBODY),
    get("pages.article", "/articles/{article}", EVERYBODY),
    get("pages.overlay", "/articles/{article}/overlay?ids={comment}", STAFF_RELOADS),
    get("pages.favicon", "/favicon.ico", EVERYBODY),
    get("pages.robots", "/robots.txt", EVERYBODY),
    get("media.picture", "/media/made-up", EVERYBODY, 404),
    get("static", "/static/css/board.css", EVERYBODY),
    get("api.counts", "/api/v1/counts?article_id={article}", EVERYBODY),
    get("operations.health", "/healthz", EVERYBODY),
    get("operations.readiness", "/readyz", EVERYBODY, 503),
    get("operations.show_metrics", "/metrics", EVERYBODY, 404),
    get("manage.home", "/manage", EDITORS_ANYWHERE),
    get("manage.articles", "/manage/articles?site=main", EDITORS),
    get("manage.new_article", "/manage/articles/new?site=main", EDITORS),
    post("manage.new_article", "/manage/articles/new?site=main", EDITORS, form=ARTICLE, logs="article.added"),
    get("manage.article", "/manage/articles/{article_number}", EDITORS),
    post(
        "manage.article", "/manage/articles/{article_number}", EDITORS, logs="article.edited",
        form={**ARTICLE, "external_id": "{article}"},
    ),
    get("manage.show_ids", "/manage/articles/{article_number}/ids", EDITORS, 303),
    post(
        "manage.add_id", "/manage/articles/{article_number}/ids", EDITORS, form={"external_id": "gated", "sure": "1"},
        logs="article.merged",
    ),
    post(
        "manage.remove_id", "/manage/articles/{article_number}/ids/{article_number}/removal", EDITORS, 303,
        logs="article.separated", made_up="tests/pages/test_manage_merges.py",
    ),
    get("manage.screening_of_a_site", "/manage/screening?site=main", EDITORS, 302),
    get("manage.screening", "/manage/sites/{site}/screening", EDITORS),
    post(
        "manage.screening", "/manage/sites/{site}/screening", EDITORS,
        logs="screening.changed", made_up="tests/screening",
    ),
    get("manage.sites", "/manage/sites", ADMINS),
    get("manage.new_site", "/manage/sites/new", ADMINS),
    post("manage.new_site", "/manage/sites/new", ADMINS, form={"name": "New", "slug": "new"}, logs="site.added"),
    get("manage.site", "/manage/sites/{site}", ADMINS),
    post(
        "manage.site", "/manage/sites/{site}", ADMINS, form={"name": "Renamed", "slug": "main"}, logs="site.edited"
    ),
    get("members.index", "/manage/members", ADMINS),
    get("members.add", "/manage/members/new", ADMINS),
    post(
        "members.add", "/manage/members/new", ADMINS, logs="member.added",
        form={"email": "hired@example.com", "display_name": "Hilda Hired", "role": "moderator"},
    ),
    get("members.role", "/manage/members/{other}/role", ADMINS),
    post(
        "members.role", "/manage/members/{other}/role", ADMINS, logs="member.role_changed",
        form={"role": "moderator", "site_{site}": "member", "site_{other_site}": "editor"},
    ),
    get("members.removal", "/manage/members/{other}/removal", ADMINS),
    post("members.removal", "/manage/members/{other}/removal", ADMINS, logs="member.removed"),
    get("transfer.show_import", "/manage/import", ADMINS),
    post("transfer.import_comments", "/manage/import", ADMINS, 200, logs="comments.imported",
         form={"file": "{import_file}"}),
]  # fmt: skip
