"""How a queued mail leaves: over SMTP, or into `instance/mail/` where no server is set."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask
from flask_mailman import EmailMultiAlternatives

from board.config import Settings, SettingsError
from board.extensions import mail
from board.outbox import deliverer

SMTP_TIMEOUT_SECONDS = 15


@deliverer("mail")
def deliver_mail(payload: dict[str, Any]) -> None:
    """Send one queued mail. Raises what SMTP raises."""
    message = EmailMultiAlternatives(payload["subject"], payload["text"], to=[payload["to"]])
    message.extra_headers.update({"Auto-Submitted": "auto-generated", **payload.get("headers", {})})
    if payload.get("html"):
        message.attach_alternative(payload["html"], "text/html")
    message.send()


def init_mail(app: Flask, settings: Settings) -> None:
    """Bind Flask-Mailman to the server that the settings name."""
    app.config.update(MAIL_DEFAULT_SENDER=settings.mail_from, MAIL_TIMEOUT=SMTP_TIMEOUT_SECONDS)
    if settings.mail_url:
        app.config.update(_smtp(settings.mail_url))
    else:
        directory = settings.instance_path / "mail"
        directory.mkdir(parents=True, exist_ok=True)
        app.config.update(MAIL_BACKEND="file", MAIL_FILE_PATH=str(directory))
    mail.init_app(app)


def _smtp(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingsError("BOARD_MAIL_URL must look like smtp://user:password@mail.example:587?tls=start")
    is_tls = parts.scheme == "smtps"
    return {
        "MAIL_BACKEND": "smtp",
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": parts.port or (465 if is_tls else 25),
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": is_tls,
        "MAIL_USE_TLS": parse_qs(parts.query).get("tls") == ["start"],
    }
