"""The gate's one field, and the box beside it."""

import hashlib
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField
from wtforms.validators import ValidationError

from board.accounts.addresses import AddressRefused, accept_address
from board.articles.models import Article, Site


class UnlockForm(FlaskForm):  # type: ignore[misc]
    """An address, and an unticked consent with the version of its words."""

    class Meta:
        """The request's token was checked before the view; a token of our own would make public pages personal."""

        csrf = False

    email = EmailField(_l("E-mail address"), filters=[lambda typed: (typed or "").strip()])
    newsletter = BooleanField()
    newsletter_version = HiddenField()

    def __init__(self, site: Site, *args: Any, **more: Any) -> None:
        """Put the site's words beside the box, and their version into the form."""
        self.wording = newsletter_wording(site)
        super().__init__(*args, **more)
        self.newsletter.label.text = self.wording
        self.sent_version = self.newsletter_version.data
        self.newsletter_version.data = self.version

    @property
    def version(self) -> str:
        """Return the version of the words: another text, another language or another site is another version."""
        return hashlib.sha256(self.wording.encode()).hexdigest()[:12]

    def validate_email(self, field: EmailField) -> None:
        """Accept what can be written to, without asking the network."""
        try:
            self.address = accept_address(field.data)
        except AddressRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_newsletter(self, field: BooleanField) -> None:
        """Take a consent only to the words that the reader saw."""
        if field.data and self.sent_version not in {None, "", self.version}:
            field.data = False
            raise ValidationError(_("These words have changed since you opened the page. Read them and tick again."))


def unlock_form(article: Article) -> UnlockForm:
    """Return the article's form, filled with what this request sends, if anything."""
    return UnlockForm(article.site, formdata=request.form if request.method == "POST" else None)


def newsletter_wording(site: Site) -> str:
    """Return the consent's exact words."""
    return str(_("Send me the newsletter of %(site)s by e-mail. Every issue has a link that stops it.", site=site.name))
