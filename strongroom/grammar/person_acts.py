"""Commands of a person: the twins of what the screens do for whoever is signed in."""

from __future__ import annotations

from strongroom.grammar.parser import Branch, add_password_stdin


def grow(root: Branch) -> None:
    """Add them to the grammar."""
    _grow_signing_in(root)
    root.leaf(
        "status", "strongroom.commands.status:run", "say who is signed in, the risk, and what lowers it"
    )
    _grow_sessions(root)


def _grow_signing_in(root: Branch) -> None:
    """In and out."""
    login = root.leaf(
        "login",
        "strongroom.commands.login:run",
        "sign in, for the commands that follow",
        about="The session is kept in the state directory of this user, apart from the screen's.",
    )
    login.add_argument("--email", metavar="EMAIL", help="the address; asked for otherwise")
    login.add_argument(
        "--recovery-code", action="store_true", help="take a recovery code in place of the six digits"
    )
    add_password_stdin(login, "password, and the code where two-factor authentication is on")
    root.leaf("logout", "strongroom.commands.login:run_logout", "end the session of the commands")


def _grow_sessions(root: Branch) -> None:
    """Who is signed in, and their end."""
    session = root.branch("session", "who is signed in as you")
    session.leaf("list", "strongroom.commands.session:run_list", "list your sessions, this one first")
