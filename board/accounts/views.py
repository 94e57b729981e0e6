"""Where the pages of an account are; those at Flask-Security's own addresses are listed in `setup.py`."""

from flask import Blueprint

from board.accounts import mailed_codes, registering, second_factor, settings

blueprint = Blueprint("accounts", __name__)
route = blueprint.add_url_rule

route("/register/sent", "mail_sent", registering.mail_sent)
route("/login/code", "second_step", second_factor.second_step, methods=["GET", "POST"])
route("/login/mail", "mail_code", mailed_codes.mail_code, methods=["GET", "POST"])
route("/login/mail/code", "enter_code", mailed_codes.enter_code, methods=["GET", "POST"])
route("/account", "settings", settings.hub)
route("/account/name", "name", settings.change_name, methods=["GET", "POST"])
route("/account/security", "security", second_factor.overview)
route(
    "/account/authenticator/removal",
    "authenticator_removal",
    second_factor.remove_authenticator,
    methods=["GET", "POST"],
)
route("/account/sessions/others/removal", "end_others", settings.end_other_sessions, methods=["POST"])
route("/account/sessions/<key>/removal", "end_session", settings.end_session, methods=["POST"])
route("/account/export", "export", settings.export)
route("/account/removal", "leave", settings.leave, methods=["GET", "POST"])
