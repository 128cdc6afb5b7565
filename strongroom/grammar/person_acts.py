"""Commands of a person: the twins of what the screens do for whoever is signed in."""

from __future__ import annotations

from security.vocabulary import ActivityKind, Appearance, ExportForm
from strongroom.grammar.parser import (
    Branch,
    Grammar,
    add_code_stdin,
    add_output,
    add_password_stdin,
    add_yes,
)
from strongroom.grammar.values import as_count, as_id, as_lifetime, as_list, as_whole_id

_ID = "its id, or the last four characters or more"


def grow(root: Branch) -> None:
    """Add them to the grammar."""
    _grow_signing_in(root)
    root.leaf(
        "status", "strongroom.commands.status:run", "say who is signed in, the risk, and what lowers it"
    )
    _grow_profile(root)
    _grow_password(root)
    _grow_two_factor(root)
    _grow_codes(root)
    _grow_sessions(root)
    _grow_activity(root)


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


def _grow_profile(root: Branch) -> None:
    """Who one is, and how the screens look."""
    profile = root.branch("profile", "who you are and how it looks")
    profile.leaf("show", "strongroom.commands.profile:run_show", "show your name, address and role")
    rename = profile.leaf("rename", "strongroom.commands.profile:run_rename", "take another name")
    rename.add_argument("name", metavar="NAME", help="the name")
    look = profile.leaf(
        "appearance", "strongroom.commands.profile:run_appearance", "choose how the screens look"
    )
    look.add_argument("appearance", choices=[one.value for one in Appearance], help="kept with your account")


def _grow_password(root: Branch) -> None:
    """The password."""
    password = root.branch("password", "what you sign in with")
    change = password.leaf(
        "change",
        "strongroom.commands.password:run_change",
        "change your password; your other sessions end",
    )
    add_password_stdin(change, "current password, new password, and a code where the sign-in is not fresh")


def _grow_two_factor(root: Branch) -> None:
    """The second factor."""
    two_factor = root.branch("2fa", "a code from your phone beside the password")
    two_factor.leaf(
        "status",
        "strongroom.commands.two_factor:run_status",
        "say whether it is on, and how many codes are left",
    )
    enroll = two_factor.leaf(
        "enroll",
        "strongroom.commands.enrolment:run_enroll",
        "make a key for an authenticator app, and take its first code",
        about="Without a terminal it ends after the key: strongroom 2fa verify goes on within ten minutes.",
    )
    enroll.add_argument("--uri", action="store_true", help="print the otpauth:// address too")
    enroll.add_argument("--qr", action="store_true", help="draw the QR code, on a terminal")
    enroll.add_argument(
        "--qr-inverted", action="store_true", help="draw it for a terminal with a light ground"
    )
    _add_ends(enroll)
    add_output(enroll)
    add_password_stdin(enroll, "password, asked for where the sign-in is not fresh")
    verify = two_factor.leaf(
        "verify", "strongroom.commands.enrolment:run_verify", "switch it on with the key's first code"
    )
    _add_ends(verify)
    add_output(verify)
    add_code_stdin(verify, "the six digits")
    two_factor.leaf(
        "cancel", "strongroom.commands.two_factor:run_cancel", "erase a key that waits for its first code"
    )
    disable = two_factor.leaf("disable", "strongroom.commands.two_factor:run_disable", "switch it off")
    _add_ends(disable)
    add_yes(disable)
    add_password_stdin(disable, "password, and a code")


def _grow_codes(root: Branch) -> None:
    """The recovery codes."""
    codes = root.branch("codes", "recovery codes, for when the phone is out of reach")
    regenerate = codes.leaf(
        "regenerate",
        "strongroom.commands.recovery_codes:run_regenerate",
        "make new recovery codes; the old ones stop working",
    )
    _add_ends(regenerate)
    add_output(regenerate)
    add_yes(regenerate)
    add_password_stdin(regenerate, "password and a code, asked for where the sign-in is not fresh")
    confirm = codes.leaf(
        "confirm",
        "strongroom.commands.recovery_codes:run_confirm",
        "prove with one of them that they are saved",
    )
    add_code_stdin(confirm, "one of the codes; it is not spent")


def _grow_sessions(root: Branch) -> None:
    """Who is signed in, and their end."""
    session = root.branch("session", "who is signed in as you")
    session.leaf("list", "strongroom.commands.session:run_list", "list your sessions, this one first")
    show = session.leaf("show", "strongroom.commands.session:run_show", "say all that is known of a session")
    show.add_argument("id", metavar="ID", type=as_id, help=_ID)
    revoke = session.leaf("revoke", "strongroom.commands.session_acts:run_revoke", "end a session at once")
    revoke.add_argument("id", metavar="ID", type=as_id, nargs="?", help=_ID)
    revoke.add_argument("--others", action="store_true", help="all sessions but that of the commands")
    add_yes(revoke)
    name = session.leaf("name", "strongroom.commands.session_acts:run_name", "name the device of a session")
    name.add_argument("id", metavar="ID", type=as_id, help=_ID)
    name.add_argument("name", metavar="NAME", help="the name; an empty one takes the present one away")
    lifetime = session.leaf(
        "lifetime",
        "strongroom.commands.session_acts:run_lifetime",
        "say how long your sessions live at most, or choose it",
    )
    lifetime.add_argument(
        "lifetime",
        metavar="LENGTH",
        type=as_lifetime,
        nargs="?",
        default=...,
        help="days, hours as in 8h, or default: as long as your organisation allows",
    )
    add_yes(lifetime)


def _grow_activity(root: Branch) -> None:
    """What happened to the account."""
    activity = root.branch("activity", "all that happened to your account")
    events = activity.leaf("list", "strongroom.commands.activity:run_list", "list events, newest first")
    _add_sieve(events)
    events.add_argument(
        "--limit",
        metavar="N",
        type=as_count(1, 200),
        default=50,
        help="at most so many, up to 200; 50 otherwise",
    )
    events.add_argument("--before", metavar="ID", type=as_whole_id, help="go on below this event")
    export = activity.leaf(
        "export",
        "strongroom.commands.activity_export:run",
        "write what happened to a new file of mode 0600, oldest first; asks for a fresh sign-in",
    )
    export.add_argument("file", metavar="FILE", type=as_list, help="the file, or - for standard output")
    export.add_argument(
        "--format",
        choices=[form.value for form in ExportForm],
        help="CSV or JSON Lines; otherwise as FILE ends, or CSV",
    )
    _add_sieve(export)
    add_password_stdin(export, "password and a code, asked for where the sign-in is not fresh")


def _add_sieve(parser: Grammar) -> None:
    """Let some of the events through alone."""
    kinds = [kind.value.replace("_", "-") for kind in ActivityKind]
    parser.add_argument("--kind", choices=kinds, help="events of one kind alone")
    parser.add_argument("--search", metavar="WORDS", default="", help="events with these words alone")


def _add_ends(parser: Grammar) -> None:
    """Let the other sessions stay, as the box of the screen does."""
    parser.add_argument("--keep-sessions", action="store_true", help="leave your other sessions signed in")
