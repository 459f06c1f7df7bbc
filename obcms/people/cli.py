"""`flask user`: users from the command line."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from obcms.kernel.cli.transaction import transaction
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.organizations.reads import find_moa
from obcms.people import second_factor, users
from obcms.people.models import User
from obcms.people.rename import rename_user
from obcms.people.rules.names import fold
from obcms.people.users import create_user, generate_password, set_password

commands = AppGroup("user", help="Users and their passwords.")
READABLE = (
    "Warning: other accounts of this machine can read a password in the list of processes. "
    "Leave --password out to be asked for it, or send it to --password - on standard input."
)
password_option = click.option(
    "--password", help="Asked for when left out; - reads it from standard input."
)


@commands.command("create")
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--moa", help="Acronym of the user's ministry, such as MOH.")
@click.option("--name", "full_name", default="", help="Full name.")
@click.option("--email", default="")
@password_option
@transaction
def create(
    username: str, role: str, moa: str | None, full_name: str, email: str, password: str | None
) -> None:
    """Creates a user who can sign in."""
    chosen, made_up = _password(password)
    values = {"username": username, "role": role, "full_name": full_name, "email": email}
    if moa:
        values["organization_id"] = find_moa(moa).id
    create_user(SYSTEM, values, chosen)
    click.echo(f"Created {username} ({Role(role).label}).")
    _show(chosen, made_up)


@commands.command("password")
@click.argument("username")
@password_option
@transaction
def password_(username: str, password: str | None) -> None:
    """Sets a user's password anew."""
    user = _find(username)
    chosen, made_up = _password(password)
    set_password(SYSTEM, user, chosen)
    click.echo(f"The password of {username} is changed.")
    _show(chosen, made_up)


def _show(password: str, made_up: bool) -> None:
    if made_up:
        click.echo(f"Password, shown only now: {password}")


@commands.command("rename")
@click.argument("who")
@click.argument("new")
@transaction
def rename(who: str, new: str) -> None:
    """Gives the user WHO, a name or number:ID, the name NEW; works before an upgrade, too."""
    renamed = rename_user(SYSTEM, who, new)
    click.echo(str(renamed))


@commands.command("unlock")
@click.argument("username")
@transaction
def unlock(username: str) -> None:
    """Lets a user sign in again at once after too many failures."""
    users.unlock(SYSTEM, _find(username))
    click.echo(f"The failed attempts of {username} are forgotten.")


@commands.command("reset-second-factor")
@click.argument("username")
@transaction
def reset_second_factor(username: str) -> None:
    """Removes the second factor of a user who lost it."""
    second_factor.reset(SYSTEM, _find(username))
    click.echo(f"{username} signs in with the password alone, and can set up a new second factor.")


def _password(given: str | None) -> tuple[str, bool]:
    """The password to set, and whether it was made up here and so must be shown."""
    if given == "-":
        return sys.stdin.readline().rstrip("\r\n"), False
    if given is not None:
        click.echo(READABLE, err=True)
        return given, False
    asked = _ask()
    return (asked, False) if asked else (generate_password(), True)


def _ask() -> str:
    """What somebody types twice; nothing where one is to be made up, or nobody is there."""
    try:
        typed = click.prompt(
            "Password (empty: one is made up)", "", hide_input=True, show_default=False, err=True
        )
        if typed and typed != click.prompt("Once more", hide_input=True, err=True):
            raise Invalid("The two passwords differ.", "password")
    except click.Abort:
        if sys.stdin.isatty():
            raise
        return ""
    return typed


def _find(username: str) -> User:
    user = db.session.scalar(select(User).where(User.username == fold(username)))
    if user is None:
        raise Invalid(f"There is no user “{username}”.")
    return user


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
