"""The forms of an account: what may be typed, and what is said when it may not."""

from collections.abc import Callable
from typing import Any

from flask import Response, g, make_response, render_template
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, StopValidation

from board.accounts.addresses import AddressRefused, accept_address
from board.accounts.limits import TooManyTries, count_try
from board.accounts.passwords import MAX_CHARACTERS as LONGEST_PASSWORD
from board.accounts.passwords import PasswordRefused, accept_password
from board.answers import private

UNPROCESSABLE = 422
TOO_MANY = 429


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A form whose token `board/csrf.py` has checked already."""

    class Meta:
        """Leave the token to the whole application's check."""

        csrf = False

    def refuse(self, message: Any, field: Any = None) -> None:
        """Say what is wrong: beside the field, or with the form as a whole."""
        if field is None:
            self.form_errors.append(str(message))
        else:
            field.errors = [*field.errors, str(message)]

    def is_within_limits(self, purpose: str, account: str) -> bool:
        """Count a try; say so on the form when it was one too many."""
        try:
            count_try(purpose, account)
        except TooManyTries as refusal:
            self.refuse(refusal)
            return False
        return True


def form_page(template: str, form: FlaskForm, **context: Any) -> Response:
    """Show the page of a form: 422 with what to mend, 429 after too many tries, else 200."""
    status = TOO_MANY if "retry_after" in g else UNPROCESSABLE if form.errors else 200
    response = private(make_response(render_template(template, form=form, **context), status))
    if "retry_after" in g:
        response.headers["Retry-After"] = str(g.retry_after)
    return response


def required(message: Any) -> list[Any]:
    """Ask for the field, in these words."""
    return [InputRequired(message)]


def address_rule(_form: FlaskForm, field: Any) -> None:
    """Turn the text into the address as it is stored."""
    try:
        field.data = accept_address(field.data or "")
    except AddressRefused as refusal:
        raise StopValidation(str(refusal)) from None


def short_enough(_form: FlaskForm, field: Any) -> None:
    """Refuse a password that is too long to hash, before it is hashed."""
    if len(field.data or "") > LONGEST_PASSWORD:
        raise ValidationError(_l("The password is wrong."))


def password_rule(about: Callable[[Any], tuple[str, ...]]) -> Callable[[FlaskForm, Any], None]:
    """Return the rule for a new password of the person whom `about` tells of, given the form."""

    def check(form: FlaskForm, field: Any) -> None:
        try:
            field.data = accept_password(field.data or "", about=about(form))
        except PasswordRefused as refusal:
            raise ValidationError(str(refusal)) from None

    return check


def new_password_field(label: Any, about: Callable[[Any], tuple[str, ...]]) -> PasswordField:
    """Return the field for a password to be."""
    return PasswordField(label, [*required(_l("Choose a password.")), password_rule(about)])


def own_password_field() -> PasswordField:
    """Return the field for the password one has."""
    return PasswordField(_l("Your password"), [*required(_l("Enter your password.")), short_enough])


class EmailForm(AccountForm):
    """An address, to have a mail sent there."""

    email = EmailField(_l("E-mail"), [*required(_l("Enter your e-mail address.")), address_rule])
    next = HiddenField()


class LoginForm(AccountForm):
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [*required(_l("Enter your e-mail address.")), address_rule])
    password = PasswordField(_l("Password"), [*required(_l("Enter your password.")), short_enough])
    remember = BooleanField(_l("Stay signed in"))
    next = HiddenField()


class RegisterForm(AccountForm):
    """What a new member tells."""

    email = EmailField(_l("E-mail"), [*required(_l("Enter your e-mail address.")), address_rule])
    display_name = StringField(_l("Name"), required(_l("Choose the name that others see.")))
    password = new_password_field(_l("Password"), lambda form: (form.email.data or "", form.display_name.data or ""))
    next = HiddenField()


class ConfirmForm(AccountForm):
    """A button."""

    next = HiddenField()


class PasswordForm(AccountForm):
    """The password once more, before something that matters."""

    password = own_password_field()
    next = HiddenField()
