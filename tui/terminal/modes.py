"""The modes that the terminal is in while the screen is shown, and the way back."""

from __future__ import annotations

ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l"
"""Alternate screen, no cursor, bracketed paste, no wrapping."""

KEYS_ON = "\x1b[>1u"
"""Kitty's keys, for those that were ambiguous alone: letters, Enter, Tab and Backspace stay what they were,
so that after `kill -9` a person can still type `reset`."""

KEYS_OFF = "\x1b[<u"
"""The keys as they were before."""

ASK_FOR_SYNC = "\x1b[?2026$p"
"""Asks whether frames can be marked; Apple's terminal would print the p."""

MOUSE_ON = "\x1b[?1000h\x1b[?1006h"
"""Clicks and the wheel, in cells. Never ?1003: moves of the pointer are not reported."""

MOUSE_OFF = "\x1b[?1000l\x1b[?1006l"
"""No mouse."""

CLEAR = "\x1b[0m\x1b[H\x1b[2J"
"""Nothing of what was shown stays where there is no alternate screen, as on consoles and in GNU screen."""

RESTORE = f"\x1b[?2026l{CLEAR}\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h{MOUSE_OFF}"
"""Everything back, whatever was on; the last bytes on every way out, before them KEYS_OFF."""
