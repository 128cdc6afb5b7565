"""Commands about the program itself: the demo, the doctor, the audit's proof, its version."""

from __future__ import annotations

from strongroom.grammar.parser import Branch
from strongroom.grammar.values import as_place


def grow(root: Branch) -> None:
    """Add them to the grammar."""
    demo = root.leaf(
        "demo",
        "strongroom.demo:run",
        "look around in a throw-away store of Acme Financial Group",
        answers=False,
    )
    demo.add_argument(
        "--sign-in", action="store_true", help="print the credentials and begin at the sign-in screen"
    )
    demo.add_argument(
        "--keep",
        metavar="DIR",
        type=as_place,
        help="leave the store in this new directory, for other commands",
    )
    audit = root.branch("audit", "the audit's chain")
    audit.leaf(
        "verify",
        "strongroom.operating:run_verify",
        "check every event's hash and every signed checkpoint",
    )
    root.leaf(
        "doctor",
        "strongroom.doctor:run",
        "look at store, keys, city file and breach file, and say what mends them",
    )
    root.leaf("version", "strongroom.commands.version:run", "print the version", bare=True)
