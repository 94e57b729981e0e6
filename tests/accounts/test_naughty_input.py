"""Every field of every signed-out form, with texts that attackers try: answered, never run, never a fault."""

import re

import pytest
from flask import Flask

from tests.conftest import Browser
from tests.markup.corpus import naughty_strings, payloads

FORMS = {
    "/login": ("email", "password", "next"),
    "/register": ("email", "display_name", "password", "next"),
    "/reset": ("email", "next"),
    "/confirm": ("email", "next"),
    "/login/code": ("code", "next"),
}
VALID = {"email": "n@example.com", "display_name": "Nina", "password": "four plain words here", "code": "123456"}
ALIVE = re.compile(r"<script>alert|<img src=x|<svg onload|javascript:alert\(1\)\"", re.IGNORECASE)
OWN = [
    "\x00",
    "\ud800".encode("utf-8", "replace").decode(),
    "x" * 10_001,
    "\u202e",
    "{{7919*7927}}",
    "%s%n",
    "' OR 1=1--",
]


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in FORMS.items() for field in fields])
def test_texts_in_a_field_are_answered_and_escaped(app: Flask, path: str, field: str) -> None:
    settings = app.config["BOARD"]
    settings.sign_in_tries_per_account = settings.sign_in_tries_per_network = settings.sign_in_tries_overall = 10**6
    browser = Browser(app)
    for text in OWN + (payloads() + naughty_strings())[::12]:
        answer = browser.post(path, VALID | {field: text})
        assert answer.status_code in {200, 303, 422}, (text, answer.status_code)
        assert not ALIVE.search(answer.text), text
        assert "62773913" not in answer.text, "a text was taken for a template"
        if answer.status_code == 303:
            assert answer.location.startswith("/")
            assert not answer.location.startswith("//")
