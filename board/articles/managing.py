"""Which site a page of /manage is about: the one its address names, within the reach of whoever asks."""

from flask import request
from sqlalchemy import select

from board.access import load
from board.accounts.models import User
from board.accounts.reach import reach
from board.articles.loading import refuse_nul
from board.articles.models import Site
from board.articles.operations import primary_site
from board.extensions import db


def site_to_manage(user: User) -> Site:
    """Return the site that the form or the address names as `site`; the editor's first one without either.

    Raises NotThere for a site that there is not, or that is another editor's.
    """
    slug, own = request.form.get("site") or request.args.get("site", ""), reach(user, "editor")
    refuse_nul(slug)
    if not slug and own.is_everywhere:
        return primary_site()
    query = select(Site).where(own.covers(Site.id)).order_by(Site.id).limit(1)
    return load(query.where(Site.slug == slug) if slug else query)


def sites_to_manage(user: User) -> list[Site]:
    """Return every site that the editor may work on, for the choice between them."""
    return list(db.session.scalars(select(Site).where(reach(user, "editor").covers(Site.id)).order_by(Site.id)))
