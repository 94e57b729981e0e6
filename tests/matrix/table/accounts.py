"""Accounts: registering, logging in, one's own account. What a link's token opens is in tests/accounts."""

from tests.matrix.entries import ADMIN, ANONYMOUS, EVERYBODY, MAY, MEMBERS, Audience, get, post

PASSWORD = "correct horse battery staple"
SESSION = "a session is no state of the member's; the table of sessions is its record"
MAIL_ONLY = "only queues a mail"
FLOWS = "tests/audit/test_members.py"
NOT_OURS = "not used: other pages do this"
SIGNED_OUT: Audience = {**dict.fromkeys(EVERYBODY, 303), ANONYMOUS: MAY}
SIGNED_OUT_ELSEWHERE: Audience = {**dict.fromkeys(EVERYBODY, 302), ANONYMOUS: MAY}
LAST_ADMIN_STAYS: Audience = {**MEMBERS, ADMIN: 409}

ENTRIES = [
    get("security.login", "/login", SIGNED_OUT),
    post("security.login", "/login", SIGNED_OUT, 422, silent=SESSION),
    get("security.logout", "/logout", EVERYBODY),
    post("security.logout", "/logout", EVERYBODY, silent=SESSION),
    get("security.register", "/register", SIGNED_OUT),
    post(
        "security.register", "/register", SIGNED_OUT, logs="member.registered",
        form={"email": "new@example.com", "display_name": "Nina New", "password": "four plain words here"},
    ),
    get("accounts.mail_sent", "/register/sent", EVERYBODY),
    get("security.send_confirmation", "/confirm", EVERYBODY),
    post("security.send_confirmation", "/confirm", EVERYBODY, form={"email": "x@example.com"}, silent=MAIL_ONLY),
    get("security.confirm_email", "/confirm/made-up", EVERYBODY, 303),
    post("security.confirm_email", "/confirm/made-up", EVERYBODY, logs="member.confirmed", made_up=FLOWS),
    get("security.forgot_password", "/reset", EVERYBODY),
    post("security.forgot_password", "/reset", EVERYBODY, form={"email": "x@example.com"}, silent=MAIL_ONLY),
    get("security.reset_password", "/reset/made-up", EVERYBODY, 303),
    post("security.reset_password", "/reset/made-up", EVERYBODY, logs="member.password_reset", made_up=FLOWS),
    get("accounts.second_step", "/login/code", EVERYBODY, 303),
    post("accounts.second_step", "/login/code", EVERYBODY, silent=SESSION),
    get("security.wan_signin", "/login/passkey", SIGNED_OUT_ELSEWHERE),
    post("security.wan_signin", "/login/passkey", SIGNED_OUT_ELSEWHERE, 200, silent=SESSION),
    post("security.wan_signin_response", "/login/passkey/made-up", EVERYBODY, 302, silent=SESSION),
    get("accounts.mail_code", "/login/mail", SIGNED_OUT),
    post("accounts.mail_code", "/login/mail", SIGNED_OUT, form={"email": "x@example.com"}, silent=MAIL_ONLY),
    get("accounts.enter_code", "/login/mail/code", SIGNED_OUT),
    post("accounts.enter_code", "/login/mail/code", SIGNED_OUT, 200, silent=SESSION),
    get("accounts.settings", "/account", MEMBERS),
    get("accounts.name", "/account/name", MEMBERS),
    post("accounts.name", "/account/name", MEMBERS, form={"display_name": "Another Name"}, logs="member.renamed"),
    get("accounts.security", "/account/security", MEMBERS),
    get("accounts.export", "/account/export", MEMBERS),
    get("accounts.leave", "/account/removal", MEMBERS),
    post("accounts.leave", "/account/removal", LAST_ADMIN_STAYS, form={"password": PASSWORD}, logs="member.left"),
    post("accounts.end_session", "/account/sessions/{session}/removal", MEMBERS, logs="member.session_ended"),
    post("accounts.end_others", "/account/sessions/others/removal", MEMBERS, logs="member.other_sessions_ended"),
    get("accounts.authenticator_removal", "/account/authenticator/removal", MEMBERS),
    post(
        "accounts.authenticator_removal", "/account/authenticator/removal", MEMBERS,
        logs="member.authenticator_removed",
    ),
    get("security.two_factor_setup", "/account/authenticator", MEMBERS),
    post(
        "security.two_factor_setup", "/account/authenticator", MEMBERS, 422, form={"code": "1"},
        logs="member.authenticator_added", made_up=FLOWS,
    ),
    get("security.mf_recovery_codes", "/account/recovery-codes", MEMBERS),
    post(
        "security.mf_recovery_codes", "/account/recovery-codes", MEMBERS, 200, logs="member.recovery_codes_made",
    ),
    get("security.change_password", "/account/password", MEMBERS),
    post(
        "security.change_password", "/account/password", MEMBERS, logs="member.password_changed",
        form={"password": PASSWORD, "new_password": "five other plain words here"},
    ),
    get("security.change_email", "/account/email", MEMBERS),
    post(
        "security.change_email", "/account/email", MEMBERS, silent=MAIL_ONLY,
        form={"email": "other@example.com", "password": PASSWORD},
    ),
    get("security.change_email_confirm", "/account/email/made-up", EVERYBODY, 303),
    post(
        "security.change_email_confirm", "/account/email/made-up", EVERYBODY,
        logs="member.address_changed", made_up=FLOWS,
    ),
    get("security.verify", "/account/verify", MEMBERS),
    post("security.verify", "/account/verify", MEMBERS, form={"password": PASSWORD}, silent=SESSION),
    get("security.wan_verify", "/account/verify/passkey", MEMBERS),
    post("security.wan_verify", "/account/verify/passkey", MEMBERS, 200, silent=SESSION),
    post("security.wan_verify_response", "/account/verify/passkey/made-up", MEMBERS, 302, silent=SESSION),
    get("security.wan_register", "/account/passkeys", MEMBERS),
    post("security.wan_register", "/account/passkeys", MEMBERS, 200, silent="only asks the browser for a key"),
    post(
        "security.wan_register_response", "/account/passkeys/made-up", MEMBERS, 302,
        logs="member.passkey_added", made_up=FLOWS,
    ),
    get("security.wan_delete", "/account/passkeys/removal", MEMBERS, 302),
    post(
        "security.wan_delete", "/account/passkeys/removal", MEMBERS, 302, form={"name": "none"},
        logs="member.passkey_removed", made_up=FLOWS,
    ),
    *(
        entry
        for endpoint, path, methods in (
            ("security.two_factor_token_validation", "/tf-validate", "gp"),
            ("security.two_factor_rescue", "/tf-rescue", "gp"),
            ("security.tf_select", "/tf-select", "gp"),
            ("security.mf_recovery", "/mf-recovery", "gp"),
            ("security.two_factor_setup_validate", "/account/authenticator/made-up", "p"),
        )
        for entry in (
            *([get(endpoint, path, EVERYBODY, 409)] if "g" in methods else []),
            post(endpoint, path, EVERYBODY, 409, silent=NOT_OURS),
        )
    ),
]  # fmt: skip
