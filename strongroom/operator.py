"""Who runs a command on this machine, as the audit keeps it."""

from __future__ import annotations

import os
import pwd


def operator_name() -> str:
    """The name of the user, or the number where there is no name; who called sudo stands beside it."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    behind = os.environ.get("SUDO_USER", "")
    return f"{name} (sudo by {behind[:64]})" if behind else name
