"""Comments and threads: reading, writing, reacting."""

from tests.matrix.entries import AUTHOR, EVERYBODY, MEMBERS, MODERATORS, get, post

ARTICLE = "/articles/{article}"
ITSELF = "the comment is its own record, with author and time"
OWN_VIEW = "what a member would rather not see concerns nobody else"

ENTRIES = [
    get("comments.thread", f"{ARTICLE}/thread", EVERYBODY),
    get("comments.version", f"{ARTICLE}/thread/version", EVERYBODY),
    get("comments.compose", f"{ARTICLE}/comments", EVERYBODY),
    post(
        "comments.post", f"{ARTICLE}/comments", EVERYBODY, form={"body": "Splendid.", "key": "abc"}, silent=ITSELF
    ),
    get("comments.first_new", f"{ARTICLE}/visit", MEMBERS, 302),
    post("comments.visit", f"{ARTICLE}/visit", MEMBERS, form={"seconds": "1"}, silent="a visit changes no comment"),
    get("comments.replies", "/comments/{comment}/replies", EVERYBODY),
    post(
        "comments.reply", "/comments/{comment}/replies", EVERYBODY, form={"body": "I agree.", "key": "def"},
        silent=ITSELF,
    ),
    post("comments.preview", "/comments/preview", EVERYBODY, 200, form={"body": "x"}, silent="only shows a text"),
    get("comments.permalink", "/comments/{comment}", EVERYBODY, 302),
    get("comments.edit_form", "/comments/{own}/edit", AUTHOR),
    post("comments.edit", "/comments/{own}/edit", AUTHOR, form={"body": "Better."}, logs="comment.edited"),
    get("comments.deletion_form", "/comments/{own}/deletion", AUTHOR),
    post("comments.deletion", "/comments/{own}/deletion", AUTHOR, logs="comment.deleted"),
    post(
        "comments.reaction", "/comments/{comment}/reaction", MEMBERS, form={"liked": "yes"},
        silent="a like is its own record, with member and time",
    ),
    get("comments.history", "/comments/{comment}/history", MODERATORS),
    get("comments.guidelines", "/guidelines", EVERYBODY, 404),
    get("comments.quiet", "/account/quiet", MEMBERS),
    post("comments.mute_member", "/members/{other}/mute", MEMBERS, silent=OWN_VIEW),
    post("comments.unmute_member", "/members/{other}/mute/end", MEMBERS, silent=OWN_VIEW),
    get("comments.hiding", f"{ARTICLE}/hiding", MEMBERS),
    post("comments.hiding", f"{ARTICLE}/hiding", MEMBERS, silent=OWN_VIEW),
    post("comments.unhiding", f"{ARTICLE}/hiding/end", MEMBERS, silent=OWN_VIEW),
    get("comments.profile", "/members/{other}", EVERYBODY),
]  # fmt: skip
