"""The door: what whoever opens a visit (a local terminal, a demo, an SSH server) hands to the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from security.safe_text import SafeText

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from security.secret import Secret
    from security.services import Services

ColorDepth = Literal["auto", "truecolor", "256", "16", "none"]
"""How many colours the terminal is given; "auto" asks COLORTERM, TERM and NO_COLOR."""


class DoorClosed(Exception):
    """`Door.connect` could not open the store or its keys; the visit ends with this exit code."""

    def __init__(self, sentence: SafeText, exit_code: int) -> None:
        """Keep what the door prints once the terminal is restored."""
        super().__init__(sentence)
        self.sentence = sentence
        """What failed, where, and whether anything changed; fit for a person."""
        self.exit_code = exit_code
        """How the program ends."""


class Keeper(Protocol):
    """Where a visit leaves its token and its device's secret between runs; never raises for the disk."""

    def read_token(self) -> Secret | None:
        """Return the token of the session that was kept here, or None."""

    def save(self, signed_in: SignedIn) -> object:
        """Keep this session's token for the next run, in place of the one before."""

    def save_device(self, secret: Secret) -> object:
        """Keep the secret by which this device is known again (R026)."""

    def forget(self) -> object:
        """Remove the kept token; the device's secret stays."""


class NoKeeper:
    """Keeps nothing: a visit that ends with its program."""

    def read_token(self) -> Secret | None:
        """Return None: nothing was kept."""
        return None

    def save(self, signed_in: SignedIn) -> object:
        """Keep nothing."""

    def save_device(self, secret: Secret) -> object:
        """Keep nothing."""

    def forget(self) -> object:
        """Nothing is there to be forgotten."""


def _no_one(incident_id: str, type_name: str) -> None:
    """Tell no one of a crash."""


async def _nothing() -> None:
    """Close nothing."""


CLOSE_SECONDS = 2.5
"""How long a door may take to close; then the program ends without it."""


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that one visit needs from outside, fixed when it begins."""

    connect: Callable[[], Awaitable[Services]]
    """Opens the store and builds the flows, in a worker after the first paint. Raises only DoorClosed."""
    origin: Origin
    """The terminal, the network and the connection."""
    stand: Callable[[], Awaitable[None]] = _nothing
    """Awaited once `connect` is through: raises DoorClosed when nothing more can be done at this door."""
    keeper: Keeper = field(default_factory=NoKeeper)
    keeps_sessions: bool = True
    """Whether a person is offered to stay signed in on this machine."""
    needs_founding: bool = False
    """No store yet: the visit begins with First run."""
    signed_in: SignedIn | None = None
    """A session that stands already (demo); the visit begins inside."""
    machine: SafeText = field(default_factory=lambda: SafeText("this machine"))
    """The name of the machine that files are saved on."""
    support_contact: SafeText | None = None
    """Whom a person who is locked out can ask."""
    color: ColorDepth = "auto"
    appearance: str = "dark"
    """The look before somebody has signed in."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The client's TERM, COLORTERM and NO_COLOR, for color "auto"."""
    clipboard_allowed: bool = True
    """Whether OSC 52 may be sent after an explicit copy key."""
    mouse: bool = True
    """Whether the mouse is on at the start (ctrl+o switches it)."""
    idle_lock_seconds: float = 600.0
    """Seconds without input after which the screen locks; 0 never."""
    command: str = "strongroom"
    """The program's name, for sentences that name a command."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the settings file: binding id to key, over the preset."""
    preset: str = "standard"
    """The preset of the settings: one of `tui.keys.presets.PRESETS`, over the table of `tui.keys.table`."""
    twins: Mapping[str, str] = field(default_factory=dict)
    """Binding id to the command that does the same without a screen, for help."""
    name_client: Callable[[str], str | None] | None = None
    """Puts into words what the terminal says of itself, or None for nonsense; without it, not asked."""
    on_crash: Callable[[str, str], None] = _no_one
    """Called with the incident's id and the type's name when the app ends by a fault, before `close`."""
    close: Callable[[], Awaitable[None]] = _nothing
    """Awaited once on the app's loop at every end, after its workers; at most `CLOSE_SECONDS` long."""
