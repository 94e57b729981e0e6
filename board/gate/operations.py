"""Unlocking, asking for the newsletter, confirming it and leaving it."""

import secrets

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from board.accounts.models import hash_token
from board.articles.models import Article
from board.extensions import db
from board.gate.models import Consent, Subscriber, Unlock
from board.outbox import enqueue_mail
from board.statements import insert_once
from board.urls import absolute


def unlock(article: Article, email: str) -> Subscriber:
    """Keep the address, once for the site, and that it opened this article; both may be kept already."""
    key = email.casefold()
    insert_once(Subscriber, site_id=article.site_id, email=email, email_key=key, is_disposable=is_disposable(email))
    wanted = select(Subscriber).where(Subscriber.site_id == article.site_id, Subscriber.email_key == key)
    subscriber = db.session.scalars(wanted).one()
    insert_once(Unlock, subscriber_id=subscriber.id, article_id=article.id, site_id=article.site_id)
    return subscriber


def is_disposable(email: str) -> bool:
    """Tell whether the address is of a known throw-away service: it opens articles, and editors see the mark."""
    from disposable_email_domains import blocklist

    return email.rpartition("@")[2] in blocklist


def ask_for_newsletter(subscriber: Subscriber, article: Article, wording: str, version: str) -> None:
    """Record the tick and mail a link that confirms it.

    Whoever is a subscriber already gets no mail; one who asks too often neither. The reader sees no difference.
    """
    if subscriber.newsletter == "confirmed":
        return
    token = secrets.token_urlsafe(32)
    if not _mail_confirmation(subscriber, article, wording, token):
        return
    consent = Consent(
        site_id=article.site_id,
        subscriber_id=subscriber.id,
        article_id=article.id,
        wording=wording,
        wording_version=version,
        token_hash=hash_token(token),
    )
    db.session.add(consent)
    subscriber.mark_pending()


def confirm_newsletter(consent: Consent) -> bool:
    """Use the link up and mail the way out; tell whether the consent is in force now."""
    if consent.confirm():
        _mail_welcome(consent.subscriber)
        return True
    return consent.is_in_force


def leaving_path(subscriber: Subscriber) -> str:
    """Return the path that stops the newsletter; the same for ever, so that it can stand in every issue."""
    return url_for("gate.leave_newsletter", token=_leaving_signer().dumps(subscriber.id))


def leaver(token: str) -> Subscriber | None:
    """Return whom a leaving link is about, or None if it is not ours or the address was erased."""
    try:
        subscriber_id = _leaving_signer().loads(token)
    except BadData:
        return None
    wanted = select(Subscriber).where(Subscriber.id == subscriber_id).options(joinedload(Subscriber.site))
    return db.session.scalar(wanted)


def _leaving_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="leave newsletter")


def _mail_confirmation(subscriber: Subscriber, article: Article, wording: str, token: str) -> bool:
    text = render_template(
        "gate/mail/confirm.txt",
        site=article.site,
        wording=wording,
        link=absolute(url_for("gate.confirm_newsletter", token=token)),
    )
    return enqueue_mail(subscriber.email, _("Confirm the newsletter of %(site)s", site=article.site.name), text)


def _mail_welcome(subscriber: Subscriber) -> None:
    link = absolute(leaving_path(subscriber))
    enqueue_mail(
        subscriber.email,
        _("You get the newsletter of %(site)s", site=subscriber.site.name),
        render_template("gate/mail/welcome.txt", site=subscriber.site, link=link),
        by_stranger=False,
        headers={"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
