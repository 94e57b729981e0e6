"""The call to the operator's own address when something waits too long, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from flask import current_app

from board.config import Settings
from board.outbox import deliverer
from board.outgoing import NoAnswer, post
from board.setting import WEBHOOK_SECRET_PREFIX

KIND = "overdue_call"
TAKEN = range(200, 300)


@deliverer(KIND)
def call(payload: dict[str, Any]) -> None:
    """Send what waits; every try has the same ID, so that the receiver can leave out what it has. Raises NoAnswer."""
    settings: Settings = current_app.config["BOARD"]
    if not settings.overdue_url:
        return
    body = json.dumps(payload["body"], separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"}
    headers |= signed(settings.overdue_secret, payload["id"], int(time.time()), body)
    answer = post(settings.overdue_url, is_private=settings.overdue_url_is_private, headers=headers, data=body)
    if answer.status not in TAKEN:
        raise NoAnswer(f"the address of BOARD_OVERDUE_URL answered {answer.status}")


def signed(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers by which the receiver knows who sent this, and when."""
    key = base64.b64decode(secret.removeprefix(WEBHOOK_SECRET_PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}
