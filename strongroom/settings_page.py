"""The page docs/settings.md, rendered from the tables that the program itself goes by.

`python -m strongroom.settings_page > docs/settings.md` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from strongroom.paths import SYSTEM_CONFIG
from strongroom.setting_table import ROWS

_HEAD = f"""# Settings

<!-- Rendered by `python -m strongroom.settings_page`; change strongroom/setting_table.py instead. -->

Strongroom needs no settings. What is set is taken from the first of these that has it:

1. the option on the command line,
2. the variable: `STRONGROOM_` and the name in capitals, as in `STRONGROOM_COLOR=16`,
3. your settings file, `config.toml` in the directory below; `--config FILE` or `STRONGROOM_CONFIG` names
   another one, which must then exist,
4. the machine's settings file, `{SYSTEM_CONFIG}`,
5. the default.

Every value is checked, also one that a stronger layer hides. A name that is not in the table is refused with
the nearest one that is, in a file as in the environment. A settings file that other users can change is
refused.

## Where things lie

| what | where |
|---|---|
| store and keys | `$XDG_DATA_HOME/strongroom`, by default `~/.local/share/strongroom` |
| your settings file | `$XDG_CONFIG_HOME/strongroom`, by default `~/.config/strongroom` |
| the kept sign-in | `$XDG_STATE_HOME/strongroom`, by default `~/.local/state/strongroom` |

`STRONGROOM_HOME` puts all of them into one directory, the kept sign-in into `state` below it. The directories
of store, keys and kept sign-in must be yours and of mode 0700; Strongroom makes them so.
"""

_KEYS = """## Keys

`keymap_preset` chooses a whole set of keys, and under `[keymap]` each binding that is to have other keys is
named by its id. [keys.md](keys.md) has every id, the keys of every set, and what is refused at the start.

```toml
keymap_preset = "vim"

[keymap]
"app.quit_now" = "ctrl+x"
```
"""


def render() -> str:
    """The whole page."""
    settings = table_of(
        ("name", "option", "takes", "default", "what it does"),
        (
            (f"`{row.name}`", f"`{row.flag}`" if row.flag else "", row.takes, row.otherwise, row.sentence)
            for row in ROWS
        ),
    )
    return "\n".join((_HEAD, "## The settings\n", settings, _KEYS)).rstrip("\n") + "\n"


def table_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(render())
