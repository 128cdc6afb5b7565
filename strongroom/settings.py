"""Settings: typed and frozen, from flag, environment, user file, system file or default, in that order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from strongroom.exits import ExitCode, Stopped
from strongroom.paths import (
    BREACH_NAME,
    KEYS_NAME,
    SYSTEM_CONFIG,
    Paths,
    belongs_to_store,
    is_on_server,
    store_path,
    whole_path,
)
from strongroom.setting_table import BY_NAME, ROWS
from strongroom.setting_values import holds_password, place_of
from strongroom.settings_file import read_settings_file

_PREFIX = "STRONGROOM_"
_NOT_SETTINGS = frozenset(["STRONGROOM_HOME", "STRONGROOM_CONFIG"])


class Layer(StrEnum):
    """Where a setting's value came from, the strongest last."""

    DEFAULT = "default"
    CREDENTIAL = "credential"
    SYSTEM_FILE = "system file"
    USER_FILE = "user file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, checked."""

    store: str = field(repr=False)
    """The store's address: sqlite:// and an absolute path, or postgresql:// and what may hold a password."""
    store_connections: int
    """The most connections to a server that this process takes."""
    keys: Path
    """The file with the keys: beside the store, in the data directory where that is on a server, or the
    credential that a service manager hands over."""
    keep_signed_in: bool
    """Whether a session may be kept in the state directory for the next start."""
    support_contact: str | None
    """Whom a person who is locked out may ask."""
    idle_lock_minutes: int
    """Minutes without a key before the screen locks."""
    breach_url: str | None
    """Base address of the breach range service; None where it is switched off."""
    breach_file: Path
    """The breach file, used where it exists: beside the store where nobody names another."""
    place_file: Path | None
    """The city file; None where places are unknown."""
    color: str
    """Colour depth: auto, truecolor, 256, 16 or none."""
    appearance: str
    """The look before somebody has signed in."""
    plain: bool
    """Whether lines and numbered questions take the place of the screen."""
    issuer: str | None
    """The name in the authenticator app; the organisation's short name where None."""
    mouse: bool
    """Whether the mouse is used."""
    local_time: bool
    """Whether times are shown in this machine's zone; UTC otherwise."""
    keymap_preset: str
    """The set of keys that the screens begin with."""
    keymap: Mapping[str, str]
    """Keys for binding ids, in place of the preset's."""
    layers: Mapping[str, Layer] = field(repr=False)
    """Where the value of each setting above came from."""
    places: Mapping[str, str] = field(repr=False)
    """The file that gave a setting, or "the environment" or "the command line"; nothing for a default."""

    @property
    def is_on_server(self) -> bool:
        """Whether the store is on a server, so that it has no path."""
        return is_on_server(self.store)

    @property
    def store_path(self) -> Path:
        """The store's file.

        Raises:
            ValueError: it is on a server.
        """
        return store_path(self.store)

    @property
    def store_place(self) -> str:
        """Where the store is, as people are told: its file, or the server's address without its password."""
        return place_of(self.store) if self.is_on_server else str(self.store_path)

    @property
    def credentials(self) -> Path | None:
        """The directory of the service manager's credentials, where the keys come from it."""
        return self.keys.parent if self.layers["keys"] is Layer.CREDENTIAL else None


def load_settings(
    paths: Paths,
    environment: Mapping[str, str],
    flags: Mapping[str, str | None],
    *,
    config: Path | None = None,
    system_config: Path = SYSTEM_CONFIG,
) -> Settings:
    """Read all layers and check every value, also those that a stronger layer hides.

    `flags` holds only what was given on the command line; `config` is the settings file named there.

    Raises:
        Stopped: with exit code 2, naming the setting, where it stands and the nearest known name.
    """
    found: dict[str, Any] = {}
    layers: dict[str, Layer] = dict.fromkeys(BY_NAME, Layer.DEFAULT)
    places: dict[str, str] = {}
    named = config if config is not None else _named_config(environment)
    user_file = user_file_of(paths, environment, config)
    for layer, given, where in (
        (Layer.SYSTEM_FILE, read_settings_file(system_config), str(system_config)),
        (Layer.USER_FILE, read_settings_file(user_file, needed=named is not None), str(user_file)),
        (Layer.ENVIRONMENT, _from_environment(environment), "the environment"),
        (Layer.FLAG, {name: flag for name, flag in flags.items() if flag is not None}, "the command line"),
    ):
        for name, value in given.items():
            found[name] = _read_value(name, value, layer, where)
            layers[name], places[name] = layer, where
    refuse_password_on_command_line(flags.get("store"), "--store")
    store = found.get("store", paths.store_url)
    beside = paths.data if is_on_server(store) else store_path(store).parent
    if "keys" not in found:
        layers["keys"], found["keys"] = _default_keys(beside, environment)
    found.setdefault("breach_file", beside / BREACH_NAME)
    if not is_on_server(store):
        _refuse_names_of_the_store(found, store_path(store))
    values = {row.name: found.get(row.name, row.default) for row in ROWS}
    return Settings(**{**values, "store": store}, layers=layers, places=places)


def user_file_of(paths: Paths, environment: Mapping[str, str], config: Path | None = None) -> Path:
    """The user's settings file: the one that a flag or a variable names, or the usual one."""
    return config or _named_config(environment) or paths.config_file


def refuse_password_on_command_line(url: str | None, option: str) -> None:
    """Refuse an address with a password that was given as an argument: it stands in the list of processes.

    Raises:
        Stopped: with exit code 2.
    """
    if url is not None and holds_password(url):
        raise Stopped(
            f"The address after {option} holds a password, and every user of this machine can read it there.",
            ExitCode.USAGE,
            hint="Leave it out and write it into ~/.pgpass or the file that PGPASSFILE names; or give the "
            "whole address as STRONGROOM_STORE, or as store in a config.toml of mode 0600.",
        )


def _refuse_names_of_the_store(found: Mapping[str, Any], store: Path) -> None:
    """Refuse a file whose name is one that SQLite or a founding makes and removes beside the store."""
    for name, shown in (
        # SQLite removes such a file without asking, and the store with it is lost.
        ("keys", "keys"),
        # The process would let go of SQLite's locks on its own file when it closes it here.
        ("breach_file", "breach file"),
        ("place_file", "city file"),
    ):
        if name in found and belongs_to_store(found[name], store):
            verb, it = ("have", "the keys another") if name == "keys" else ("has", "it another")
            raise Stopped(
                f"The {shown} {found[name]} {verb} a name that belongs to the store's own files.",
                ExitCode.USAGE,
                hint=f"Give {it} name. Nothing was changed.",
            )


def _named_config(environment: Mapping[str, str]) -> Path | None:
    """The settings file named by STRONGROOM_CONFIG, which must then exist."""
    named = environment.get("STRONGROOM_CONFIG", "")
    return whole_path(named) if named else None


def _default_keys(beside: Path, environment: Mapping[str, str]) -> tuple[Layer, Path]:
    """The keys' file where none is set: the service manager's credential, else one in a directory."""
    credentials = environment.get("CREDENTIALS_DIRECTORY", "")
    if os.path.isabs(credentials):
        from security.key_file import CREDENTIAL_NAME

        if (Path(credentials) / CREDENTIAL_NAME).exists():
            return Layer.CREDENTIAL, Path(credentials) / CREDENTIAL_NAME
    return Layer.DEFAULT, beside / KEYS_NAME


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """The settings among the variables; an unknown STRONGROOM_ name is refused like one in a file."""
    return {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(_PREFIX) and name not in _NOT_SETTINGS
    }


def _read_value(name: str, value: object, layer: Layer, where: str) -> object:
    """One checked value, or the sentence that says what is wrong with it and where it stands."""
    shown = _PREFIX + name.upper() if layer is Layer.ENVIRONMENT else name
    row = BY_NAME.get(name)
    if row is None:
        import difflib

        near = difflib.get_close_matches(name, BY_NAME, n=1, cutoff=0.5)
        nearest = (_PREFIX + near[0].upper() if layer is Layer.ENVIRONMENT else near[0]) if near else ""
        hint = f'Did you mean "{nearest}"?' if nearest else f"Known settings: {', '.join(BY_NAME)}."
        raise Stopped(f'Unknown setting "{shown[:60]}" in {where}.', ExitCode.USAGE, hint=hint)
    try:
        return row.read(value)
    except ValueError as error:
        ending = "" if str(error).endswith("?") else "."
        raise Stopped(f'The setting "{shown}" in {where} {error}{ending}', ExitCode.USAGE) from error
