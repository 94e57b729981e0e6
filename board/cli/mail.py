"""`board mail`: read the mails that Board kept as files because no mail server is set."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import click

from board.cli import Mistake
from board.config import read_settings


@click.command()
@click.option("--to", "address", help="Only mails to this address.")
@click.option("--last", is_flag=True, help="Only the newest mail.")
def mail(address: str | None, last: bool) -> None:
    """Show the mails in instance/mail/, oldest first.

    \b
    Example:
      board mail --to reader@example.com --last
    """
    settings = read_settings()
    if settings.mail_url:
        raise Mistake("Mails go to the server that BOARD_MAIL_URL names; look there.")
    if not settings.instance_path.exists():
        raise Mistake(
            f"There is no directory {settings.instance_path}. Run this where Board runs, or set BOARD_INSTANCE_PATH."
        )
    found = [m for m in kept_mails(settings.instance_path / "mail") if not address or m["To"] == address]
    if not found:
        click.echo("No mails." if not address else f"No mails to {address}.")
    for message in found[-1:] if last else found:
        click.echo(as_text(message))


def kept_mails(directory: Path) -> list[EmailMessage]:
    """Return the mails of the directory, oldest first. A file may hold several, parted as Flask-Mailman writes them."""
    messages = []
    for file in sorted(directory.glob("*.log"), key=lambda f: f.stat().st_mtime):
        for raw in file.read_bytes().split(b"-" * 79 + b"\n"):
            if raw.strip():
                messages.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(raw.lstrip()))
    return messages


def as_text(message: EmailMessage) -> str:
    """Return a mail's head and plain text."""
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return f"To: {message['To']}\nSubject: {message['Subject']}\nDate: {message['Date']}\n\n{text.strip()}\n{'-' * 72}"
