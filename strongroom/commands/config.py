"""`strongroom config show`: every setting as it holds, and where each value came from."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

from strongroom.commands.answer import Answer, Fact, give
from strongroom.exits import Stopped
from strongroom.keymap_lines import require_usable
from strongroom.paths import SYSTEM_CONFIG, find_paths
from strongroom.setting_table import ROWS, SettingRow
from strongroom.settings import Layer, Settings, user_file_of
from strongroom.speech import warn


def run_show(settings: Settings, given: argparse.Namespace) -> int:
    """Show the settings as a file of them would read; the store's password is no part of it.

    Keys that the screen would refuse are shown like all others, and a message says so.
    """
    user_file = user_file_of(find_paths(os.environ), os.environ, getattr(given, "config", None))
    told: list[Fact] = []
    lines: list[str] = []
    tables: list[str] = []
    for row in ROWS:
        value = value_of(settings, row.name)
        layer = settings.layers[row.name]
        origin = _origin(settings, row, layer, user_file)
        told.append({"name": row.name, "value": value, "layer": layer.value, "origin": origin})
        aside = f"  # {origin}" if given.origin else ""
        if isinstance(value, Mapping):
            tables += ["", f"[{row.name}]{aside}"]
            tables += [f"{_toml(name)} = {_toml(one)}" for name, one in value.items()]
        elif value is None:
            lines.append(f"# {row.name} is not set{f': {origin}' if given.origin else ''}")
        else:
            lines.append(f"{row.name} = {_toml(value)}{aside}")
    facts: dict[str, Fact] = {
        "settings": told,
        "user_file": str(user_file),
        "system_file": str(SYSTEM_CONFIG),
    }
    try:
        require_usable(settings)
    except Stopped as refused:
        warn(f"{refused.sentence} {refused.hint}")
    return give(Answer((*lines, *tables), facts), given)


def value_of(settings: Settings, name: str) -> Fact:
    """A setting's value as a file would hold it; None where it has none."""
    if name == "store":
        return f"sqlite://{settings.store_path}" if not settings.is_on_server else settings.store_place
    value = getattr(settings, name)
    if name == "breach_url" and value is None:
        return "off"
    if isinstance(value, Mapping):
        return {str(key): str(one) for key, one in value.items()}
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def _origin(settings: Settings, row: SettingRow, layer: Layer, user_file: Path) -> str:
    """Where a value came from, by the name of it."""
    match layer:
        case Layer.FLAG:
            return f"option {row.flag}"
        case Layer.ENVIRONMENT:
            return f"variable STRONGROOM_{row.name.upper()}"
        case Layer.USER_FILE:
            return f"your file {user_file}"
        case Layer.SYSTEM_FILE:
            return f"the machine's file {SYSTEM_CONFIG}"
        case Layer.CREDENTIAL:
            return f"credential {settings.keys}"
    return "default"


def _toml(value: Fact) -> str:
    """A value as TOML writes it: its strings and switches are JSON's."""
    return json.dumps(value, ensure_ascii=False)
