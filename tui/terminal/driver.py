"""The driver of a local terminal: Textual's, with bounds on input and size, and a sure way back."""

from __future__ import annotations

import os
import selectors
import signal
import sys
import termios
import threading
import tty
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region, Size
from textual.message import Message

from tui.terminal.input_budget import Cut, Dropped, InputBudget, Keys, Named, Outcome, Pasted
from tui.terminal.modes import ASK_FOR_SYNC, ENTER, KEYS_OFF, KEYS_ON, MOUSE_OFF, MOUSE_ON, RESTORE
from tui.terminal.parser import KeyParser
from tui.terminal.resizing import Resizing, bounded
from tui.terminal.version_answer import ASK_FOR_VERSION
from tui.terminal.writer import TerminalWriter, line_of_our_own, write_past_all

if TYPE_CHECKING:
    from textual.app import App


@runtime_checkable
class TerminalHost(Protocol):
    """What the driver tells its app."""

    asks_for_version: bool
    """Whether the terminal is asked for its name and version."""
    is_modern: bool
    """Whether the terminal may be sent what old ones and consoles could take for text."""

    def terminal_lost(self) -> None:
        """The terminal is gone."""

    def terminal_taken_back(self) -> None:
        """Nothing is known of what the terminal shows."""

    def input_dropped(self, sentence: str) -> None:
        """Input was over the bounds."""

    def terminal_named(self, answer: str) -> None:
        """The terminal said what it is."""

    def failed(self, error: BaseException) -> None:
        """A thread of the driver ended by a fault."""


class TerminalDriver(LinuxDriver):
    """Reads fd 0 and writes fd 1."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Build the driver; `debug` would write every key to a file and is not handed on."""
        super().__init__(app, debug=False, mouse=mouse, size=size)
        if not isinstance(app, TerminalHost):
            raise TypeError("this driver needs an app that it can tell of its terminal")
        self._host: TerminalHost = app
        self._out = line_of_our_own(sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
        self._writer: TerminalWriter | None = None
        self._resizing = Resizing()
        self._shown = Region()
        self._resize_is_due = False
        self._stop_reading = threading.Event()
        self._in_band_window_resize = False
        # Textual's own would give the terminal back from within whatever was going on, and on SIGCONT take
        # it over a second time, or after the end.
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # no key sends it: the screen waits behind its lock
        signal.signal(signal.SIGCONT, lambda _signal, _frame: self._on_loop(self._continued))

    def write(self, data: str) -> None:
        """Write output, every control that is not of our grammar made visible."""
        if self._writer is not None:
            self._writer.write(data)

    def write_clipboard(self, base64_text: str) -> None:
        """Write OSC 52 with text that the app has checked; the only sequence outside the grammar."""
        if self._writer is not None:
            self._writer.write_sequence(f"\x1b]52;c;{base64_text}\a")

    def set_mouse(self, is_on: bool) -> None:
        """Switch the reporting of clicks."""
        self._mouse = is_on
        self.write(MOUSE_ON if is_on else MOUSE_OFF)

    def start_application_mode(self) -> None:
        """Take the terminal over: raw, alternate screen, our modes."""
        if self._writer is not None:
            return
        self._writer = TerminalWriter(self._out, lambda: self._on_loop(self._host.terminal_lost))
        self._writer.start()
        signal.signal(signal.SIGWINCH, lambda _signal, _frame: self._on_loop(self._size_changed))
        self._send_size()
        try:
            self.attrs_before = termios.tcgetattr(self.fileno)
        except termios.error:
            self.attrs_before = None
        self._take_over()
        self._stop_reading.clear()
        self._key_thread = threading.Thread(target=self._run_input_thread, name="terminal input", daemon=True)
        self._key_thread.start()

    def _take_over(self) -> None:
        """Set raw mode and write our modes."""
        if self.attrs_before is not None:
            raw = list(self.attrs_before)
            raw[tty.LFLAG] = raw[tty.LFLAG] & ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            raw[tty.IFLAG] = self._patch_iflag(raw[tty.IFLAG])
            raw[tty.CC] = [*raw[tty.CC]]
            raw[tty.CC][termios.VMIN] = 1
            self._set_attributes(raw)
        self.write(ENTER + KEYS_ON if self._host.is_modern else ENTER)
        if self.input_tty and self._host.is_modern and os.environ.get("TERM_PROGRAM") != "Apple_Terminal":
            self.write(ASK_FOR_SYNC)
        if self.input_tty and self._host.asks_for_version:
            self.write(ASK_FOR_VERSION)
        if self._mouse:
            self.write(MOUSE_ON)

    def _continued(self) -> None:
        """Take the terminal back after SIGSTOP, in which the shell may have used it."""
        if self._writer is not None:
            if self._host.is_modern:
                self.write(KEYS_OFF)
            self._take_over()
            self._host.terminal_taken_back()

    def _set_attributes(self, attributes: list[Any]) -> None:
        """Set the terminal's modes, where there still is a terminal."""
        try:
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        except (termios.error, OSError):
            return

    def disable_input(self) -> None:
        """Stop reading, and drop what was typed ahead so that the shell does not get it."""
        if self._stop_reading.is_set():
            return
        self._stop_reading.set()
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        if self._key_thread is not None and self._key_thread is not threading.current_thread():
            self._key_thread.join(1.0)
        try:
            termios.tcflush(self.fileno, termios.TCIFLUSH)
        except (termios.error, OSError):
            return

    def stop_application_mode(self) -> None:
        """Give the terminal back; a second call does nothing."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self.disable_input()
        writer.finish(self._restore())
        if self.attrs_before is not None:
            self._set_attributes(self.attrs_before)

    def _restore(self) -> str:
        """What gives the terminal back."""
        return KEYS_OFF + RESTORE if self._host.is_modern else RESTORE

    def close(self) -> None:
        """Nothing is left to be closed."""

    def give_back_now(self) -> None:
        """Give the terminal back from any thread, waiting for none; for the last way out."""
        write_past_all(self._out, self._restore().encode())
        if self.attrs_before is not None:
            self._set_attributes(self.attrs_before)

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Open nothing: the program may run on another machine than the person."""

    def deliver_binary(self, *_arguments: Any, **_named: Any) -> None:
        """Deliver nothing: no file is written but by an act that says so."""

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal itself, never COLUMNS and LINES, and keep the answer within bounds."""
        try:
            width, height = os.get_terminal_size(self._out)
        except OSError:
            width, height = 0, 0
        return bounded(width, height)

    def _size_changed(self) -> None:
        """Ask for a layout now, or once for all changes until the next is due."""
        if self._resize_is_due:
            return
        wait = self._resizing.due_in(self._loop.time())
        if wait <= 0:
            self._send_size()
        else:
            self._resize_is_due = True
            self._loop.call_later(wait, self._send_size)

    def _send_size(self) -> None:
        """Tell the app how large the terminal is."""
        self._resize_is_due = False
        self._resizing.made(self._loop.time())
        size = Size(*self._get_terminal_size())
        self._shown = Region(0, 0, size.width, size.height)
        super().process_message(events.Resize(size, size))

    def process_message(self, message: Message) -> None:
        """Hand on what was typed; a size in the input is not believed, a window's focus changes nothing."""
        if isinstance(message, (events.Resize, events.AppFocus, events.AppBlur, events.MouseMove)):
            return
        if isinstance(message, events.MouseEvent):
            x, y = int(message.x), int(message.y)
            if not self._shown.contains(x, y):
                return
        super().process_message(message)

    def _run_input_thread(self) -> None:
        """Read until the end; a fault becomes the app's, without a traceback."""
        try:
            self.run_input_thread()
        except Exception as fault:  # noqa: BLE001 - the edge of a thread
            self._on_loop(self._host.failed, fault)

    def run_input_thread(self) -> None:
        """Read the terminal in the bounds of the budget."""
        parser, budget = KeyParser(), InputBudget()
        decode = getincrementaldecoder("utf-8")("replace").decode
        clock = self._loop.time
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self._stop_reading.is_set():
                if selector.select(0.1):
                    try:
                        data = os.read(self.fileno, 16 * 1024)
                    except OSError:
                        data = b""
                    if not data:
                        self._on_loop(self._host.terminal_lost)
                        return
                    self._take(budget.feed(decode(data), clock()), parser)
                else:
                    self._take(budget.tick(clock()), parser)
                for message in parser.tick():
                    self.process_message(message)

    def _take(self, outcomes: list[Outcome], parser: KeyParser) -> None:
        """Do what the budget says."""
        for outcome in outcomes:
            match outcome:
                case Keys(text):
                    for message in parser.feed(text):
                        self.process_message(message)
                case Cut():
                    for message in parser.expire():
                        self.process_message(message)
                case Pasted(text):
                    self.process_message(events.Paste(text))
                case Named(answer):
                    self._on_loop(self._host.terminal_named, answer)
                case Dropped(sentence):
                    self._on_loop(self._host.input_dropped, sentence)

    def _on_loop(self, call: Any, *arguments: Any) -> None:
        """Call something of the app on its loop, where that still runs."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)
