"""Commands of the operator: whoever may read the store's files and keys."""

from __future__ import annotations

import argparse

from strongroom.grammar.parser import Branch
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
