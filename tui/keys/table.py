"""Every key of the program in one table: id, keys and what it does.

Other keys for the same ids: `tui.keys.presets`, and the [keymap] of the settings; `tui.keys.rules` says which
are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the table."""

    id: str
    """`scope.action`; the action of the same name runs (`page.back` runs `action_back`)."""
    keys: str
    """Keys as Textual names them, the first one is shown."""
    label: str
    """One or two words for the footer."""
    tooltip: str
    """A sentence for help and palette."""
    show: bool = True
    """Whether the footer shows it."""
    priority: bool = False
    """Whether it acts before the widget that has the focus; never for a bare letter."""
    display: str = ""
    """How the key is written, where Textual's way would be unclear."""
    act: str = ""
    """The action that runs, where it is not the one that the id names."""

    @property
    def scope(self) -> str:
        """The part before the dot: the app, every page, or one screen."""
        return self.id.partition(".")[0]

    @property
    def action(self) -> str:
        """What runs: the part after the dot, unless the row says otherwise."""
        return self.act or self.id.partition(".")[2]

    def binding(self) -> Binding:
        """Return the row as Textual takes it."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=self.show,
            key_display=self.display or None,
            priority=self.priority,
            tooltip=self.tooltip,
            id=self.id,
        )


KEYMAP: tuple[Key, ...] = (
    Key(
        "app.help", "question_mark,f1", "Help", "Show the keys of this screen and of the program", display="?"
    ),
    Key("app.palette", "ctrl+p,colon", "Palette", "Go to a room, do a thing or choose a theme", display="^p"),
    Key("app.quit_now", "ctrl+q", "Quit", "Leave the program", show=False, priority=True, display="^q"),
    Key("app.quit", "q", "Quit", "Leave the program"),
    Key("app.toggle_mouse", "ctrl+o", "Mouse", "Switch the mouse on or off", display="^o"),
    Key(
        "app.redraw",
        "ctrl+l",
        "Redraw",
        "Draw the whole screen again",
        show=False,
        priority=True,
        display="^l",
    ),
    Key("app.hint_quit", "ctrl+c", "Copy", "Say which key leaves the program", show=False, display="^c"),
    Key("app.toggle_utc", "t", "UTC", "Show times in local time or in UTC", show=False),
    Key("page.back", "escape", "Back", "Go back, or close", display="esc"),
    Key(
        "page.previous_tab",
        "left_square_bracket,ctrl+pageup",
        "Tabs",
        "Go to the tab on the left",
        display="[ ]",
    ),
    Key(
        "page.next_tab",
        "right_square_bracket,ctrl+pagedown",
        "Next",
        "Go to the tab on the right",
        False,
        display="]",
    ),
    Key("page.refresh", "r", "Refresh", "Read everything again"),
    Key("page.save", "ctrl+s", "Save", "Save what was typed", display="^s"),
    Key("dialog.cancel", "escape", "Cancel", "Close without doing anything", display="esc"),
    Key("help.up", "up", "Up", "Scroll up", show=False, act="scroll_list(-1)"),
    Key("help.down", "down", "Down", "Scroll down", show=False, act="scroll_list(1)"),
    Key("help.page_up", "pageup", "Up", "Scroll a page up", show=False, act="scroll_list(-2)"),
    Key("help.page_down", "pagedown", "Down", "Scroll a page down", show=False, act="scroll_list(2)"),
    Key(
        "controls.previous",
        "up,left",
        "Previous",
        "Go to the control before",
        False,
        act="app.focus_previous",
    ),
    Key("controls.next", "down,right", "Next", "Go to the next control", False, act="app.focus_next"),
    Key("palette.previous_command", "up", "Up", "Mark the command above", show=False),
    Key("palette.next_command", "down", "Down", "Mark the command below", show=False),
    Key("list.up", "k", "Up", "Move up", show=False),
    Key("list.down", "j", "Down", "Move down", show=False),
    Key("list.first", "g,home", "First", "Go to the first row", show=False),
    Key("list.last", "G,end", "Last", "Go to the last row", show=False),
    Key("list.open", "enter,space", "Open", "Open or start the chosen row", display="enter"),
    Key("rows.up", "up", "Up", "Move up", show=False),
    Key("rows.down", "down", "Down", "Move down", show=False),
    Key("rows.page_up", "pageup", "Up", "Move a page up", show=False),
    Key("rows.page_down", "pagedown", "Down", "Move a page down", show=False),
    Key("rows.stop", "escape", "Stop", "End a search that is under way", show=False, display="esc"),
    Key("rooms.previous", "up,left,k,h", "Previous room", "Go to the room before", show=False),
    Key("rooms.next", "down,right,j,l", "Next room", "Go to the next room", show=False),
    Key("rooms.choose", "enter,space", "Open room", "Open the marked room", show=False),
    Key("tabs.previous", "left,h", "Previous tab", "Go to the tab on the left", show=False),
    Key("tabs.next", "right,l", "Next tab", "Go to the tab on the right", show=False),
    Key("body.scroll_up", "up", "Up", "Scroll up", show=False),
    Key("body.scroll_down", "down", "Down", "Scroll down", show=False),
    Key("body.page_up", "pageup", "Up", "Scroll a page up", show=False),
    Key("body.page_down", "pagedown", "Down", "Scroll a page down", show=False),
    Key("choice.left", "left,h", "Left", "Take the word on the left", show=False, act="move(-1)"),
    Key("choice.right", "right,l", "Right", "Take the word on the right", show=False, act="move(1)"),
    Key("choice.turn", "space,enter", "Change", "Take the next word", show=False),
    Key("tick_box.turn", "space,enter", "Tick", "Tick the box or clear it", show=False),
    Key("code.submit", "enter", "Submit", "Submit the six digits", show=False),
    Key("code.delete", "backspace", "Delete", "Take the last digit back", show=False, act="delete_last"),
    Key("code.clear", "ctrl+u,delete", "Clear", "Take every digit back", show=False),
    Key("home.go_general", "1", "General", "Go to Profile, General", show=False),
    Key("home.go_security", "2", "Security", "Go to Profile, Security", show=False),
    Key("home.sign_out", "s", "Sign out", "End this session and go back to sign-in; asks first", show=False),
    Key("scroll.page_up", "pageup", "Up", "Scroll to what is above", show=False),
    Key("scroll.page_down", "pagedown", "Down", "Scroll to what is below", show=False),
    Key("sign_in.quit", "escape", "Quit", "Leave the program", display="esc"),
    Key("second_step.use_recovery_code", "f2", "Backup code", "Use a backup code instead of the six digits"),
    Key(
        "idle_lock.use_code",
        "f2",
        "Use a code",
        "Unlock with a code instead of the password, or the other way",
    ),
    Key("idle_lock.sign_out", "f3", "Sign out", "End this session and go back to sign-in"),
    Key("enrol_first.sign_out", "f3", "Sign out", "End this session and go back to sign-in"),
    Key("measures.up", "up", "Up", "The measure above", show=False),
    Key("measures.down", "down", "Down", "The measure below", show=False),
    Key(
        "reauthentication.use_recovery_code",
        "f2",
        "Backup code",
        "Use a backup code instead of the six digits",
    ),
    Key("sessions.filter", "slash", "Filter", "Show only the sessions with some words", display="/"),
    Key("sessions.revoke", "x,delete", "Revoke", "End the chosen session at once; asks first"),
    Key("sessions.others", "o", "Others", "Sign out everywhere else: only this session stays; asks first"),
    Key("sessions.name", "n", "Name", "Give the chosen session's device a name"),
    Key("sessions.lifetime", "d", "Duration", "Choose how long your sessions live at most"),
    Key("activity.filter", "slash", "Filter", "Show only the events with some words", display="/"),
    Key("activity.kind", "f", "Kind", "Show only the events of one kind; again for the next"),
    Key("activity.export", "e", "Export", "Write the events that the list holds to a file; asks where"),
    Key("two_factor.regenerate", "g", "Regenerate", "Make new recovery codes; the old ones stop working"),
    Key("two_factor.disable", "d", "Disable", "Disable two-factor authentication"),
    Key("two_factor.enable", "e", "Set up", "Set up two-factor authentication"),
    Key("wizard.cancel", "escape", "Cancel", "Leave the set-up; nothing is switched on", display="esc"),
    Key("wizard.invert", "f3", "Invert", "Swap the QR code's black and white"),
    Key("wizard.margin", "f4", "Margin", "Draw a wider quiet zone around the QR code"),
    Key("wizard.copy_key", "f5", "Copy key", "Send the key to your terminal's clipboard"),
    Key("wizard.regenerate", "f6", "Regenerate", "Make a new key; the one shown stops working"),
    Key("recovery_codes.copy", "f5", "Copy All Codes", "Send all codes to your terminal's clipboard"),
    Key("recovery_codes.save", "f6", "Save", "Save the codes as text or PDF on the machine of the program"),
    Key("recovery_codes.saved", "f7", "I've Saved My Codes", "Go on, after typing one of the codes as proof"),
    Key(
        "recovery_codes.back",
        "escape",
        "Leave",
        "Leave without typing a code as proof; asks first",
        display="esc",
    ),
)
"""The table. Rows may be added for a screen under the screen's own scope."""
