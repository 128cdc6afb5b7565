"""What the environment asks of Textual, Rich and Python's loop has no effect on the screen (R086)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.stories.line import Line

HOSTILE = {
    "TEXTUAL": "debug,devtools,headless",
    "TEXTUAL_DRIVER": "tests.stories.trap:Trap",
    "TEXTUAL_LOG": "{folder}/log",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_PRESS": "x,ctrl+q",
    "TEXTUAL_SCREENSHOT": "0",
    "TEXTUAL_SCREENSHOT_LOCATION": "{folder}/shots",
    "TEXTUAL_SCREENSHOT_FILENAME": "{folder}/shot.svg",
    "TEXTUAL_SHOW_RETURN": "1",
    "TEXTUAL_ANIMATIONS": "full",
    "TEXTUAL_COLOR_SYSTEM": "standard",
    "TEXTUAL_THEME": "dracula",
    "TEXTUAL_FILTERS": "dim,monochrome",
    "TEXTUAL_DIM_FACTOR": "0",
    "TEXTUAL_FPS": "1",
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    "TEXTUAL_ALLOW_SIGNALS": "1",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_SPEEDUPS": "0",
    "TEXTUAL_SLOW_THRESHOLD": "100",
    "TEXTUAL_DEVTOOLS_HOST": "127.0.0.1",
    "TEXTUAL_DEVTOOLS_PORT": "1",
    "ESCDELAY": "60000",
    "UNICODE_VERSION": "4.1.0",
    "PYTHONASYNCIODEBUG": "1",
    "FORCE_COLOR": "1",
    "TTY_COMPATIBLE": "0",
    "TTY_INTERACTIVE": "0",
    "JUPYTER_COLUMNS": "200",
    "COLUMNS": "200",
    "LINES": "60",
    "ROWS": "60",
    "DATABRICKS_RUNTIME_VERSION": "1",
}
"""Every variable that Textual 8.2.8 and Rich read, with a value that would show."""

SLICES = 4
"""Into how many visits the variables are spread in the suite; `make soak` makes one for each."""

FORM = "Organisation(.|\n)*Create"


GROUND = b"48;2;12;15;22"
"""The ground of our own theme in all its colours."""

Seen = tuple[str, bool, int]
"""A screen, whether it stood on our own ground, and the exit code."""


def visited(environment: Mapping[str, str]) -> Seen:
    """Type into the first page and leave it by a lone Escape and ctrl+q: what was seen."""
    with Line("strongroom", env=environment) as line:
        line.wait(FORM)
        line.type("Acme")
        line.press("Escape")
        line.wait("Leave Strongroom(.|\n)*Cancel")
        line.read(1)  # until nothing more is drawn
        screen = line.text()
        line.press("C-q")
        code = line.ended()
        assert line.glass.is_restored
        assert line.seen.endswith(b"\x1b[?1006l"), line.seen[-200:]  # nothing was written after the end
        return screen, GROUND in line.seen, code


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What a visit is like where the environment asks for nothing."""
    home = tmp_path_factory.mktemp("untouched") / "strongroom"
    home.mkdir(mode=0o700)
    return visited({"STRONGROOM_HOME": str(home), "STRONGROOM_BREACH_URL": "off"})


@pytest.mark.xdist_group("environment")
@pytest.mark.parametrize("first", range(SLICES))
def test_variables_change_nothing(
    first: int, untouched: Seen, environment: Mapping[str, str], home: Path, tmp_path: Path
) -> None:
    hold_against(untouched, list(HOSTILE)[first::SLICES], environment, home, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", HOSTILE)
def test_a_variable_alone_changes_nothing(
    name: str, untouched: Seen, environment: Mapping[str, str], home: Path, tmp_path: Path
) -> None:
    hold_against(untouched, [name], environment, home, tmp_path)


def hold_against(
    untouched: Seen, names: Sequence[str], environment: Mapping[str, str], home: Path, folder: Path
) -> None:
    """Visit with some of the variables set: the same is seen, and no file is left."""
    asked = {name: HOSTILE[name].format(folder=folder) for name in names}
    assert visited({**environment, **asked}) == untouched
    assert {file.name for file in folder.iterdir()} == {home.name}
