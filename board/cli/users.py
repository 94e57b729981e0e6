"""`board user`: add, list, change the role of, and remove members."""

import secrets
import sys
from typing import Any

import click

from board.cli import Mistake, with_app, with_data
from board.config import ROLES, SITE_ROLES

GENERATED_PASSWORD_BYTES = 12


@click.group()
def user() -> None:
    """Members and their roles.

    \b
    Examples:
      board user add ada@example.com --name "Ada Author"
      board user role ada@example.com moderator
    """


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True, help="What the member may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@with_app
def add(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Add a confirmed member.

    Without --password-stdin you are asked for a password; an empty answer, or no terminal, makes one and prints it.

    \b
    Examples:
      board user add ada@example.com --name "Ada Author"
      echo "four plain words here" | board user add boss@example.com --name Boss --role admin --password-stdin
    """
    from board.accounts.addresses import AddressRefused, accept_address
    from board.accounts.names import NameRefused
    from board.accounts.operations import Taken, add_member
    from board.accounts.passwords import PasswordRefused, accept_password
    from board.extensions import db

    given = _read_password(password_stdin)
    password = given or secrets.token_urlsafe(GENERATED_PASSWORD_BYTES)
    try:
        address = accept_address(email)
        accepted = accept_password(password, about=(address, name))
        member = add_member(address, name, role=role, password=accepted)
    except (AddressRefused, NameRefused, PasswordRefused, Taken) as refusal:
        raise Mistake(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"Added {member.display_name} <{member.email}>, {member.role}.")
    if not given:
        click.echo(f"Password: {password}")


@user.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Only members with this role.")
@with_data
def list_(role: str | None) -> None:
    """List the members, one a line: e-mail, roles, state, name; parted by tabs. A role on one site is role@site.

    \b
    Example:
      board user list --role moderator
    """
    from sqlalchemy import or_, select
    from sqlalchemy.orm import selectinload

    from board.accounts.models import User
    from board.accounts.reach import SiteRole
    from board.articles.models import Site
    from board.extensions import db

    sites = {row.id: row.slug for row in db.session.execute(select(Site.id, Site.slug))}
    wanted = select(User).where(User.active, User.is_placeholder.is_(False)).order_by(User.id)
    wanted = wanted.options(selectinload(User.site_roles))
    if role:
        wanted = wanted.where(or_(User.role == role, User.site_roles.any(SiteRole.role == role)))
    for member in db.session.scalars(wanted.execution_options(yield_per=500)):
        state = "confirmed" if member.is_confirmed else "unconfirmed"
        click.echo(f"{member.email}\t{_roles_of(member, sites)}\t{state}\t{member.display_name}")


@user.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--site", "site_name", metavar="SITE", help="Only on this site; member takes the site’s role away.")
@with_data
def role(email: str, role: str, site_name: str | None) -> None:
    """Give a member another role, on all sites or on one; all the member’s devices are signed out.

    \b
    Examples:
      board user role ada@example.com editor
      board user role ada@example.com moderator --site news
      board user role ada@example.com member --site news
    """
    from board.access import Refused
    from board.accounts.operations import find_member
    from board.extensions import db

    member = find_member(email)
    if member is None:
        raise Mistake(_nobody(email))
    try:
        where = _give_role(member, role, site_name)
    except Refused as refusal:
        raise Mistake(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"{member.display_name} <{member.email}> is {role} now{where}.")


@user.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_data
def remove(email: str, yes: bool) -> None:
    """Erase a member’s address, name, password and devices. What they wrote stays, under "Deleted member".

    \b
    Example:
      board user remove ada@example.com --yes
    """
    from board.access import Refused
    from board.accounts.operations import find_member, remove_member
    from board.extensions import db

    member = find_member(email)
    if member is None:
        raise Mistake(_nobody(email))
    name = member.display_name
    if not yes and not click.confirm(f"Remove {name} <{member.email}> for good?", err=True):
        raise Mistake("Nothing was changed.")
    try:
        remove_member(member)
    except Refused as refusal:
        raise Mistake(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"Removed {name}.")


def _give_role(member: Any, role: str, site_name: str | None) -> str:
    """Give the role; return where it counts, for the sentence. Raises Mistake, and Refused for the last admin."""
    from board.accounts.operations import change_role, change_site_role
    from board.cli.ballots import find_site

    if not site_name:
        change_role(member, role)
        return ""
    if role not in ("member", *SITE_ROLES):
        raise Mistake(f"{role} is a role for all sites. For one site there are: {', '.join(SITE_ROLES)}.")
    site = find_site(site_name)
    change_site_role(member, site.id, role)
    return f" on {site.name}"


def _roles_of(member: Any, sites: dict[int, str]) -> str:
    """Return the role on all sites, and those on single ones."""
    return ",".join([member.role, *(f"{given.role}@{sites[given.site_id]}" for given in member.site_roles)])


def _nobody(email: str) -> str:
    return f"There is no member with the address {email}. See: board user list"


def _read_password(from_stdin: bool) -> str:
    """Return the password from standard input or the terminal; empty to make one."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Mistake("No password came on standard input.")
        return password
    if not sys.stdin.isatty():
        return ""
    answer: str = click.prompt("Password (empty: make one)", hide_input=True, default="", show_default=False, err=True)
    return answer
