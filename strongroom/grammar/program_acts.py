"""Commands about the program itself: the demo, the doctor, the audit's proof, its version."""

from __future__ import annotations

import argparse

from strongroom.grammar.parser import Branch
from strongroom.grammar.values import as_place


def grow(root: Branch) -> None:
    """Add them to the grammar."""
    demo = root.leaf(
        "demo",
        "strongroom.demo.demo:run",
        "look around in a throw-away store of Acme Financial Group",
        answers=False,
    )
    demo.add_argument(
        "--plain",
        action="store_true",
        default=argparse.SUPPRESS,
        help="lines and numbered questions in place of the screen",
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
    doctor = root.leaf(
        "doctor",
        "strongroom.doctor.doctor:run",
        "look at terminal, clock, store, keys, mail, city file and breach file, and say what mends them",
    )
    doctor.add_argument(
        "--lost-keys",
        metavar="COPY",
        type=as_place,
        help="rehearse the loss of the keys: open the store with this copy of them alone, changing nothing",
    )
    config = root.branch("config", "the settings")
    show = config.leaf("show", "strongroom.commands.config:run_show", "show every setting as it holds")
    show.add_argument("--origin", action="store_true", help="say where each value came from")
    completion = root.leaf(
        "completion",
        "strongroom.commands.completion:run",
        "print what a shell needs to complete these commands",
        about="bash: source <(strongroom completion bash)\n"
        "zsh:  strongroom completion zsh > a file _strongroom in a directory of $fpath\n"
        "fish: strongroom completion fish > ~/.config/fish/completions/strongroom.fish",
        answers=False,
        bare=True,
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    root.leaf("version", "strongroom.commands.version:run", "print the version", bare=True)
