"""The e-mail gate and the newsletter."""

from tests.matrix.entries import ANONYMOUS, EDITORS, EVERYBODY, MAY, get, post

CONSENT = "consents are their own record, with wording and time"

ENTRIES = [
    get("gate.show_gate", "/articles/{gated}/unlock", {**dict.fromkeys(EVERYBODY, 303), ANONYMOUS: MAY}),
    post("gate.unlock", "/articles/{gated}/unlock", EVERYBODY, form={"email": "reader@example.com"}, silent=CONSENT),
    get("gate.show_confirmation", "/newsletter/confirmation/made-up", EVERYBODY, 404),
    post("gate.confirm_newsletter", "/newsletter/confirmation/made-up", EVERYBODY, 404, silent=CONSENT),
    get("gate.show_leaving", "/newsletter/withdrawal/made-up", EVERYBODY, 404),
    post("gate.leave_newsletter", "/newsletter/withdrawal/made-up", EVERYBODY, 404, silent=CONSENT),
    get("subscribers.subscribers", "/manage/subscribers?site=main", EDITORS),
    get("subscribers.subscribers_csv", "/manage/subscribers.csv?site=main", EDITORS),
]  # fmt: skip
