"""Commands of the operator: whoever may read the store's files and keys."""

from __future__ import annotations

import argparse

from security.vocabulary import Role
from strongroom.grammar.parser import Branch, Grammar, add_password_stdin, add_yes
from strongroom.grammar.values import as_backup, as_list

KEY_PURPOSES = ("totp", "codes", "names", "audit", "all")
"""The keys that can be rotated apart, and all of them."""


def grow(root: Branch) -> None:
    """Add them to the grammar."""
    admin = root.branch("admin", "what the operator of a store does")
    init = admin.leaf(
        "init",
        "strongroom.admin_init:run",
        "make a store, its keys and the first owner, where there are neither",
    )
    init.add_argument("--org", metavar="NAME", required=True, help="the organisation")
    init.add_argument("--name", metavar="NAME", required=True, help="the first owner's name")
    init.add_argument("--email", metavar="EMAIL", required=True, help="the first owner's address")
    init.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _grow_organisations(admin)
    _grow_members(admin)
    _grow_breach(admin)
    _grow_backup(admin)
    _grow_move(admin)
    keys = admin.branch("keys", "the store's keys")
    rotate = keys.leaf(
        "rotate",
        "strongroom.operating:run_rotate",
        "make a new key and seal with it what the old one sealed",
    )
    rotate.add_argument(
        "--purpose", choices=KEY_PURPOSES, default="all", help="which key; all of them otherwise"
    )


def _grow_organisations(admin: Branch) -> None:
    """The organisations of the store."""
    org = admin.branch("org", "the organisations of the store")
    add = org.leaf(
        "add",
        "strongroom.commands.organisations:run_add",
        "add an organisation with its first owner; it sees nothing of the others",
    )
    add.add_argument("--org", metavar="NAME", required=True, help="the organisation")
    add.add_argument("--name", metavar="NAME", required=True, help="the first owner's name")
    add.add_argument("--email", metavar="EMAIL", required=True, help="the first owner's address")
    add_password_stdin(add, "the first owner's password")
    org.leaf("list", "strongroom.commands.organisations:run_list", "list every organisation with its figures")


def _grow_members(admin: Branch) -> None:
    """The people in the organisations."""
    user = admin.branch("user", "the members of an organisation")
    add = user.leaf(
        "add", "strongroom.commands.members:run_add", "add a member with a first password, which you choose"
    )
    add.add_argument("email", metavar="EMAIL", help="their address")
    add.add_argument("--name", metavar="NAME", required=True, help="what they are called")
    add.add_argument("--role", choices=tuple(Role), default=Role.MEMBER.value, help="member, unless named")
    _add_org(add, "the organisation by name or id; needed where there are several")
    add_password_stdin(add, "the member's first password")
    members = user.leaf("list", "strongroom.commands.members:run_list", "list members, without any secret")
    _add_org(members, "only those of this organisation, by name or id")
    suspend = user.leaf(
        "suspend", "strongroom.commands.members:run_suspend", "close an account and end its sessions"
    )
    suspend.add_argument("email", metavar="EMAIL", help="the member's address, or the account's id")
    add_yes(suspend)
    restore = user.leaf("restore", "strongroom.commands.members:run_restore", "open a closed account again")
    restore.add_argument("email", metavar="EMAIL", help="the member's address, or the account's id")
    reset = admin.leaf(
        "reset-2fa",
        "strongroom.commands.members:run_reset",
        "take away the second factor of somebody who lost phone and codes",
    )
    reset.add_argument("email", metavar="EMAIL", help="the member's address, or the account's id")
    reset.add_argument(
        "--reason", metavar="TEXT", required=True, help="why, for the audit; at most 200 characters"
    )
    add_yes(reset)


def _add_org(parser: Grammar, sentence: str) -> None:
    """Let an organisation be named."""
    parser.add_argument("--org", metavar="NAME", help=sentence)


def _grow_backup(admin: Branch) -> None:
    """The store in a file, and back."""
    backup = admin.leaf(
        "backup",
        "strongroom.backup:run",
        "write the store as it stands now to a new file, while people work; without its keys",
    )
    backup.add_argument("file", metavar="FILE", type=as_backup, help="the file that is to be made")
    restore = admin.leaf(
        "restore",
        "strongroom.restore:run",
        "make a store of a backup where there is none; sessions and codes of then are ended",
    )
    restore.add_argument("file", metavar="FILE", type=as_backup, nargs="?", help="the backup")
    restore.add_argument(
        "--in-place",
        action="store_true",
        help="end sessions and codes of a store that was restored by other means, or finish a restore",
    )
    restore.add_argument("--yes", action="store_true", help="ask nothing, with --in-place")


def _grow_move(admin: Branch) -> None:
    """The store goes to another place."""
    move = admin.leaf(
        "move",
        "strongroom.move:run",
        "move the store to a file or a server where none is; cut off, the same command goes on",
    )
    move.add_argument(
        "--from",
        dest="store",
        metavar="URL",
        default=argparse.SUPPRESS,
        help="the store that is moved, in place of the one of the settings",
    )
    move.add_argument("--to", metavar="URL", help="where it goes: sqlite:// and a path, or postgresql://")
    move.add_argument("--cancel", action="store_true", help="give up a move that is not finished")


def _grow_breach(admin: Branch) -> None:
    """The file of breached passwords' hashes that is asked without a network."""
    breach = admin.branch("breach", "the breach file, for screening without the network")
    read = breach.leaf(
        "import",
        "strongroom.breach_file:run_import",
        "make it from a list of SHA-1 hashes, ordered by hash, as Have I Been Pwned has it",
    )
    read.add_argument("list", metavar="FILE", type=as_list, help="the list, or - for standard input")
    breach.leaf("check", "strongroom.breach_file:run_check", "read the whole file and say how it stands")
