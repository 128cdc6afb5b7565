"""`strongroom completion`: what a shell needs to complete this program's words."""

from __future__ import annotations

import argparse

from strongroom.speech import say_document


def run(given: argparse.Namespace) -> int:
    """Write the completion of one shell, made of the grammar itself."""
    import shtab  # type: ignore[import-untyped,unused-ignore]

    from strongroom.grammar.tree import whole
    from strongroom.grammar.values import NAMES_A_FILE

    grammar = whole()
    pending: list[argparse.ArgumentParser] = [grammar]
    while pending:
        for action in pending.pop()._actions:
            if isinstance(action, argparse._SubParsersAction):
                pending += action.choices.values()
            elif action.type in NAMES_A_FILE or action.metavar == "FILE":
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    say_document(shtab.complete(grammar, given.shell))
    return 0
