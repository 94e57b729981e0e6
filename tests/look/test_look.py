"""What docs/look.md promises of the templates and the files in static/."""

import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask, get_template_attribute
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
# The verifying page can be saved to disk, so it holds its script and style; its policy allows just these, by hash.
BY_ITSELF = ROOT / "templates/ballots/ledger/verify.html"
TEMPLATES = sorted(set((ROOT / "templates").rglob("*.html")) - {BY_ITSELF})
NEEDED_FOR_A_THREAD = ("vendor/htmx/htmx-4.0.1.min.js", "js/board.js", "js/live.js", "css/board.css")
THREAD_BUDGET_BYTES = 20 * 1024  # as sent: brotli, which every browser reads
PHYSICAL_SIDES = re.compile(r"[\s;{](?:margin|padding|border|inset)?-?(?:left|right)\s*:|text-align:\s*(?:left|right)")
VOTERS = [SelectChoice(value="anyone", label="Anyone"), SelectChoice(value="member", label="Members")]


class Registration(Form):  # type: ignore[misc]
    """A form with a field of each kind."""

    email = StringField("E-mail address", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", render_kw={"autocomplete": "new-password"})
    body = TextAreaField("Your comment")
    gate = RadioField("Who may vote", [InputRequired("Say who may vote.")], choices=VOTERS)
    stay = BooleanField("Keep me logged in")


@pytest.fixture
def stage() -> Iterator[Flask]:
    """Give the macros what they ask of the application, and nothing else."""
    stage = Flask("board", template_folder=str(ROOT / "templates"), static_folder=str(STATIC))
    stage.jinja_env.add_extension("jinja2.ext.i18n")
    stage.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    stage.jinja_env.filters.update(timeago=str, exact_time=str)
    stage.jinja_env.globals["form_token"] = lambda: "token"
    with stage.test_request_context():
        yield stage


@pytest.fixture
def refused(stage: Flask) -> Registration:
    """Return a form that was sent empty."""
    form = Registration(MultiDict({"email": ""}))
    assert not form.validate()
    return form


def macro(name: str, *arguments: object, **options: object) -> str:
    """Call a form macro."""
    return str(Markup(get_template_attribute("macros/forms.html", name)(*arguments, **options)))


def test_label_comes_first_then_hint_then_error_then_control(refused: Registration) -> None:
    html = macro("field", refused.email, hint="We send a link there.", autocomplete="email")
    order = [html.index(part) for part in ("<label", "email-hint", "email-error", "<input")]
    assert order == sorted(order)


def test_control_names_its_hint_and_its_error(refused: Registration) -> None:
    html = macro("field", refused.email, hint="We send a link there.", autocomplete="email")
    assert 'aria-describedby="email-hint email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="email"' in html


def test_good_field_carries_no_empty_attributes(stage: Flask) -> None:
    html = macro("field", Registration().password)
    assert "aria-" not in html
    assert 'autocomplete="new-password"' in html


def test_two_forms_on_one_page_keep_their_labels_apart(stage: Flask) -> None:
    html = macro("textarea", Registration().body, draft="reply-12", id="reply-12-body")
    assert 'for="reply-12-body"' in html
    assert 'id="reply-12-body"' in html
    assert 'data-draft="reply-12"' in html


def test_radios_are_a_group_with_a_name(refused: Registration) -> None:
    html = macro("field", refused.gate)
    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert 'aria-describedby="gate-error"' in html


def test_radios_of_two_forms_on_one_page_keep_their_labels_apart(refused: Registration) -> None:
    html = macro("radios", refused.gate, id="gate-12")
    for number in range(2):
        assert f'for="gate-12-{number}"' in html
        assert html.count(f'id="gate-12-{number}"') == 1


def test_summary_links_to_the_fields(refused: Registration) -> None:
    html = macro("errors_summary", refused)
    assert 'href="#email"' in html
    assert 'href="#gate-0"' in html
    assert 'role="alert"' in html


def test_labels_are_escaped(stage: Flask) -> None:
    assert "<script>" not in macro("field", Registration().email, label="<script>", hint="<script>")


def test_thread_weighs_no_more_than_its_budget() -> None:
    weight = sum(len(brotli.compress((STATIC / name).read_bytes())) for name in NEEDED_FOR_A_THREAD)
    assert weight <= THREAD_BUDGET_BYTES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_no_inline_style_or_script(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|hx-on|javascript:", source)
    assert all("src=" in tag or "ld+json" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("sheet", ["board.css", "desk.css"])
def test_style_sheet_names_no_physical_side(sheet: str) -> None:
    assert not PHYSICAL_SIDES.search((STATIC / "css" / sheet).read_text())


def test_every_icon_that_a_template_names_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons/icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'\bicon\("([a-z]+)"', path.read_text())}
    assert named <= drawn
