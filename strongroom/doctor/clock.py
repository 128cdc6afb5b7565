"""What the doctor finds of this machine's clock: whether anything keeps it right, as the kernel knows."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

from strongroom.doctor.findings import Finding, Mark

_UNSYNC = 0x0040
"""STA_UNSYNC of adjtimex(2): nothing that keeps the clock has told the kernel so for long."""


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2), as far as it is read; room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the kernel knows of its clock."""

    is_kept: bool
    """Whether a time service has set it lately."""
    off_by: float
    """Seconds that it may be off, by the kernel's reckoning; never more than sixteen."""


def clock_state() -> ClockState | None:
    """Ask the kernel; None on a system or in a cage where it does not tell."""
    if sys.platform != "linux":
        return None
    try:
        ask = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    state = _Timex()  # modes 0: only asks
    if ask(ctypes.byref(state)) < 0:
        return None
    return ClockState(not state.status & _UNSYNC, state.maxerror / 1_000_000)


def examine_clock(state: ClockState | None) -> Finding:
    """How this machine's clock stands; authenticator codes go by it."""
    if state is None:
        sentence = "Whether a time service keeps this machine's clock cannot be seen here."
        return Finding("time", Mark.NONE, sentence, "Codes go by it: compare it with your phone's.")
    if state.is_kept:
        return Finding("time", Mark.WELL, f"A time service keeps the clock, within {_within(state.off_by)}.")
    sentence = (
        "No time service has told the kernel that it keeps this machine's clock. From half a minute off on,"
        " right codes of authenticators may be refused; at a minute all are."
    )
    mends = "Where nothing outside keeps it, as the host of a virtual machine may, let a service do so:"
    return Finding("time", Mark.NONE, sentence, mends, command="timedatectl set-ntp true")


def _within(seconds: float) -> str:
    """A bound in words."""
    return "a second" if seconds <= 1 else f"{seconds:.0f} s"
