"""Settings: their layers, their checks and what is said of a wrong one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from security.vocabulary import Appearance
from strongroom.exits import ExitCode, Stopped
from strongroom.paths import find_paths
from strongroom.setting_table import BREACH_URL, ROWS
from strongroom.setting_values import APPEARANCES
from strongroom.settings import Layer, Settings, load_settings
from strongroom.settings_page import render
from tests.strongroom.running import ROOT

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load settings of a home of its own, from texts of the two files, variables and flags."""

    def loaded(
        user: str = "",
        system: str = "",
        environment: Mapping[str, str] | None = None,
        flags: Mapping[str, str | None] | None = None,
        config: Path | None = None,
    ) -> Settings:
        (tmp_path / "config.toml").write_text(user)
        (tmp_path / "system.toml").write_text(system)
        variables = {"STRONGROOM_HOME": str(tmp_path), **(environment or {})}
        return load_settings(
            find_paths(variables),
            variables,
            flags or {},
            config=config,
            system_config=tmp_path / "system.toml",
        )

    return loaded


def test_the_defaults_need_no_file(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert settings.store_path == tmp_path / "strongroom.db"
    assert settings.keys == tmp_path / "keys.json"
    assert settings.breach_url == BREACH_URL
    assert (settings.idle_lock_minutes, settings.color, settings.mouse) == (10, "auto", True)
    assert set(settings.layers.values()) == {Layer.DEFAULT}


def test_flag_beats_environment_beats_user_file_beats_system_file(load: Load) -> None:
    user, system = 'color = "16"\nidle_lock_minutes = 5', "idle_lock_minutes = 3\nmouse = false"
    environment = {"STRONGROOM_COLOR": "256", "STRONGROOM_SUPPORT_CONTACT": "help@acme.example"}
    settings = load(user, system, environment, {"color": "none", "store": None})
    assert (settings.color, settings.layers["color"]) == ("none", Layer.FLAG)
    assert (settings.support_contact, settings.layers["support_contact"]) == (
        "help@acme.example",
        Layer.ENVIRONMENT,
    )
    assert (settings.idle_lock_minutes, settings.layers["idle_lock_minutes"]) == (5, Layer.USER_FILE)
    assert (settings.mouse, settings.layers["mouse"]) == (False, Layer.SYSTEM_FILE)
    assert settings.layers["issuer"] is Layer.DEFAULT


def test_the_keys_stand_beside_a_store_named_elsewhere(load: Load) -> None:
    assert load(flags={"store": "sqlite:///srv/s/acme.db"}).keys == Path("/srv/s/keys.json")


def test_the_keys_of_systemd_come_before_those_beside_the_store(load: Load, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    environment = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert load(environment=environment).keys == tmp_path / "keys.json"
    (credentials / "strongroom-keys").touch()
    settings = load(environment=environment)
    assert (settings.keys, settings.credentials) == (credentials / "strongroom-keys", credentials)
    assert load().credentials is None
    assert load('keys = "/elsewhere/keys.json"', environment=environment).keys == Path("/elsewhere/keys.json")


def test_an_unknown_key_is_refused_with_the_nearest_name(load: Load, tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        load('suport_contact = "x"')
    assert stopped.value.code is ExitCode.USAGE
    assert stopped.value.sentence == f'Unknown setting "suport_contact" in {tmp_path / "config.toml"}.'
    assert stopped.value.hint == 'Did you mean "support_contact"?'


def test_an_unknown_variable_is_refused_with_the_nearest_name(load: Load) -> None:
    with pytest.raises(Stopped) as stopped:
        load(environment={"STRONGROOM_STROE": "sqlite:///x"})
    assert stopped.value.sentence == 'Unknown setting "STRONGROOM_STROE" in the environment.'
    assert stopped.value.hint == 'Did you mean "STRONGROOM_STORE"?'


def test_an_unknown_key_like_no_other_lists_what_is_known(load: Load) -> None:
    with pytest.raises(Stopped) as stopped:
        load("zzz = 1")
    assert "support_contact" in stopped.value.hint


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('store = "mysql://x"', "must be sqlite://"),
        ('store = "sqlite://relative.db"', "must be sqlite://"),
        ("store = 1", "must be text"),
        ('keys = "relative/keys.json"', "must be an absolute path"),
        ('support_contact = "\\u001b[31m"', "cannot be printed"),
        ('support_contact = " "', "is empty"),
        ("idle_lock_minutes = 0", "from 1 to 1440"),
        ("idle_lock_minutes = true", "from 1 to 1440"),
        ('idle_lock_minutes = "²"', "from 1 to 1440"),
        ('color = "mauve"', "must be one of auto, truecolor"),
        ('appearance = "sepia"', "must be one of dark, light, high-contrast, terminal"),
        ('issuer = "Elevenbytes"', "at most 10 bytes"),
        ('issuer = "A:B"', "without a colon"),
        ('mouse = "perhaps"', "must be true or false"),
        ("mouse = 1", "must be true or false"),
        ('breach_url = "http://api.example"', "must begin with https://"),
        ('breach_url = "https://me:secret@api.example"', "plain https address"),
        ('breach_url = "ftp://127.0.0.1"', "must begin with https://"),
        ('breach_url = "https://[::1"', "is not an address"),
        (
            'keymap_preset = "emcas"',
            'must be one of standard, vim, emacs, function-keys; did you mean "emacs"?',
        ),
        ("keymap_preset = 1", "must be text"),
        ("keymap = 1", "must be a table"),
        ("[keymap]\nquit = 3", 'no usable key for "quit"'),
        ("[keymap", "is not TOML"),
        ('store = "sqlite:///var/lib/"', "absolute path of a file"),
        (f"idle_lock_minutes = {'9' * 5000}", "is not TOML"),
        (f"color = 0x{'f' * 5000}", "color"),
    ],
)
def test_a_wrong_value_is_a_sentence(load: Load, line: str, says: str) -> None:
    with pytest.raises(Stopped, match=says) as stopped:
        load(line)
    assert stopped.value.code is ExitCode.USAGE


def test_a_wrong_value_in_a_weaker_layer_is_refused_too(load: Load) -> None:
    with pytest.raises(Stopped, match=r"system\.toml"):
        load(system='color = "mauve"', flags={"color": "16"})


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("off", None),
        ("https://hibp.example/range/", "https://hibp.example/range"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_the_breach_address_is_https_loopback_or_off(load: Load, given: str, url: str | None) -> None:
    assert load(environment={"STRONGROOM_BREACH_URL": given}).breach_url == url


def test_it_is_known_which_file_gave_a_setting(load: Load, tmp_path: Path) -> None:
    settings = load('keymap_preset = "vim"', "mouse = false", {"STRONGROOM_COLOR": "16"})
    assert settings.keymap_preset == "vim"
    assert settings.places == {
        "mouse": str(tmp_path / "system.toml"),
        "keymap_preset": str(tmp_path / "config.toml"),
        "color": "the environment",
    }


def test_the_keymap_is_handed_on(load: Load) -> None:
    assert load('[keymap]\n"app.quit" = "ctrl+x"').keymap == {"app.quit": "ctrl+x"}


def test_variables_are_read_as_words(load: Load) -> None:
    settings = load(environment={"STRONGROOM_MOUSE": "off", "STRONGROOM_IDLE_LOCK_MINUTES": "30"})
    assert (settings.mouse, settings.idle_lock_minutes) == (False, 30)


def test_a_settings_file_that_was_named_must_exist(load: Load, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="There is no settings file"):
        load(config=tmp_path / "absent.toml")
    with pytest.raises(Stopped, match="There is no settings file"):
        load(environment={"STRONGROOM_CONFIG": str(tmp_path / "absent.toml")})


def test_a_settings_file_that_others_may_change_is_refused(load: Load, tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.write_text('color = "16"')
    named.chmod(0o664)
    with pytest.raises(Stopped, match="can be changed by other users") as stopped:
        load(config=named)
    assert stopped.value.hint == f"Close it with: chmod go-w {named}"


def test_a_settings_file_that_is_no_text_or_no_file_is_a_sentence(load: Load, tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.write_bytes(b"\xff\xfe")
    named.chmod(0o600)
    with pytest.raises(Stopped, match="is not TOML"):
        load(config=named)
    with pytest.raises(Stopped, match="cannot be read"):
        load(config=tmp_path)
    named.write_bytes(b"#" * (256 * 1024 + 1))
    with pytest.raises(Stopped, match="is too large"):
        load(config=named)


def test_a_settings_file_that_is_a_named_pipe_is_refused_at_once(load: Load, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(Stopped, match="is not a file"):
        load(config=tmp_path / "pipe")


def test_a_long_path_is_a_path(load: Load) -> None:
    long = "/" + "/".join(["d" * 100] * 10)
    assert load(flags={"keys": f"{long}/keys.json"}).keys == Path(long) / "keys.json"


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal", ".founding"])
def test_keys_are_never_one_of_the_files_of_the_store(load: Load, tmp_path: Path, ending: str) -> None:
    """SQLite removes its own files; keys under such a name went with them."""
    (tmp_path / "link").symlink_to(tmp_path)
    for directory in (tmp_path, tmp_path / "link", tmp_path / "inner" / ".."):
        with pytest.raises(Stopped, match="belongs to the store's own files") as stopped:
            load(flags={"keys": f"{directory}/strongroom.db{ending}"})
        assert stopped.value.code is ExitCode.USAGE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_settings_file_of_another_user_is_refused(load: Load, tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.touch(mode=0o600)
    os.chown(named, 65534, 65534)
    with pytest.raises(Stopped, match="can be changed by other users"):
        load(config=named)


def test_the_page_of_the_settings_says_what_the_program_does() -> None:
    """To write it anew: python -m strongroom.settings_page > docs/settings.md"""
    assert (ROOT / "docs" / "settings.md").read_text() == render()


def test_every_setting_stands_in_the_table_and_has_its_default(load: Load) -> None:
    settings = load()
    assert {row.name for row in ROWS} == {field.name for field in fields(Settings)} - {"layers", "places"}
    for row in ROWS:
        assert row.default is None or getattr(settings, row.name) == row.default


@pytest.mark.parametrize("setting", ["breach_file", "place_file"])
@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_no_other_file_is_one_of_the_files_of_the_store(
    load: Load, tmp_path: Path, setting: str, ending: str
) -> None:
    """Who closes a file gives up every lock on it, and so SQLite's own."""
    name = f"STRONGROOM_{setting.upper()}"
    with pytest.raises(Stopped, match="belongs to the store's own files"):
        load(environment={name: f"{tmp_path}/strongroom.db{ending}"})


def test_lines_in_place_of_the_screen_can_be_a_setting(load: Load) -> None:
    assert not load().plain
    assert load(environment={"STRONGROOM_PLAIN": "1"}).plain


def test_the_appearances_that_can_be_set_are_those_of_accounts() -> None:
    assert tuple(Appearance) == APPEARANCES
