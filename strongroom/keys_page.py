"""The page docs/keys.md, rendered from the tables that the screens go by.

`python -m strongroom.keys_page > docs/keys.md` writes it anew.
"""

from __future__ import annotations

import sys

from strongroom.settings_page import table_of
from tui.keys.keymap import KeysNow
from tui.keys.presets import PRESETS
from tui.keys.scopes import PARTS, TITLES
from tui.keys.table import KEYMAP, Key

_HEAD = """# Keys

<!-- Rendered by `python -m strongroom.keys_page`; change tui/keys/table.py or presets.py there instead. -->

Everything can be reached with the arrows, Tab and Enter alone. `?` (in a field F1) shows the keys of the
screen that is open and searches all others; `ctrl+p` opens the palette, which does everything by its
name. Letters act only while no field has the focus. What destroys something asks first, and its Cancel
has the focus.

## Other keys

A whole set is chosen in the settings, by `keymap_preset`; under `[keymap]` single bindings get other
keys, whichever set is chosen:

```toml
keymap_preset = "vim"

[keymap]
"sessions.revoke" = "X"
"page.refresh" = "f5, ctrl+r"
"home.sign_out" = "none"
```

Keys are parted by commas; the first one is shown. `none` takes every key away, the palette still does it.
A key is a letter (`x`, `X`), a mark (`#`, or its name, as `number_sign`; a comma is `comma`), or one of
`escape` `enter` `space` `backspace` `delete` `insert` `home` `end` `pageup` `pagedown` `up` `down` `left`
`right` `f1` to `f12`, also after `ctrl+`, `alt+` or `shift+`.

Refused when the program starts, by name and with the line of the settings that brought it:

- a binding, a key or a preset that does not exist, with the nearest one that does;
- a key that nearly no terminal sends or tells from another, as `ctrl+1`, `shift+enter` or `alt+?`: with
  `ctrl` or `alt` letters, arrows, `home`, `end`, `pageup`, `pagedown`, `insert`, `delete` and function keys
  arrive;
- two bindings on one key where both can act;
- `tab` and `shift+tab` for anything else, and `enter`, `space` and `backspace` beyond where they stand
  below;
- what types something, for a binding that acts before fields or on a screen whose field has the focus;
- to leave nothing that acts in a field for help, palette, going back, closing a dialog or leaving the
  program.

Over a slow line a terminal's `alt+x` may arrive as Escape and `x`; where that happens, choose other keys
than those with `alt`. The Linux console and PuTTY do not tell `ctrl+pageup` from `pageup`: there, tabs
are changed by the other keys. While the mouse is off (`ctrl+o`) the terminal marks and copies text by
itself.
"""


def render() -> str:
    """The whole page."""
    parts = [_HEAD, "## The sets\n", table_of(("`keymap_preset`", "for whom"), _presets())]
    sections: dict[str, list[Key]] = {}
    for row in sorted(KEYMAP, key=lambda row: list(TITLES).index(row.scope)):
        sections.setdefault(TITLES[row.scope], []).append(row)
    head = ("id", "what it does", *PRESETS)
    for title, rows in sections.items():
        parts += [f"## {title}\n", table_of(head, [_line(row) for row in rows])]
    return "\n".join(parts).rstrip("\n") + "\n"


def _presets() -> list[tuple[str, str]]:
    """Every preset and whom it is for."""
    return [(f"`{name}`", preset.sentence) for name, preset in PRESETS.items()]


def _line(row: Key) -> tuple[str, ...]:
    """A binding: its id, what it does, and its keys in each preset where they are not the standard ones."""
    standard = row.keys.split(",")
    cells = [_written(standard)]
    for name in list(PRESETS)[1:]:
        keys = list(KeysNow(name).of(row.id))
        cells.append("" if keys == standard else _written(keys))
    where = PARTS.get(row.scope, "")
    return (f"`{row.id}`", f"{row.tooltip} ({where})" if where else row.tooltip, *cells)


def _written(keys: list[str]) -> str:
    """Keys as the settings take them."""
    return " ".join(f"`{key}`" for key in keys) or "none"


if __name__ == "__main__":
    sys.stdout.write(render())
