"""Twins: for each act of the screens the command that does the same, and why some acts have none.

Help shows the commands beside the keys; a test holds that no act and no command is missing here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.messages import Place

TWINS: Mapping[str, str] = {
    "app.help": "strongroom --help",
    "app.toggle_utc": "STRONGROOM_LOCAL_TIME=false strongroom",
    "home.sign_out": "strongroom logout",
    "idle_lock.sign_out": "strongroom logout",
    "enrol_first.sign_out": "strongroom logout",
    "page.save": "strongroom password change",
    "second_step.use_recovery_code": "strongroom login --recovery-code",
    "reauthentication.use_recovery_code": "strongroom login --recovery-code",
    "sessions.revoke": "strongroom session revoke ID",
    "sessions.others": "strongroom session revoke --others",
    "sessions.name": "strongroom session name ID NAME",
    "sessions.lifetime": "strongroom session lifetime LENGTH",
    "activity.filter": "strongroom activity list --search WORDS",
    "activity.kind": "strongroom activity list --kind KIND",
    "activity.export": "strongroom activity export FILE",
    "two_factor.regenerate": "strongroom codes regenerate",
    "two_factor.disable": "strongroom 2fa disable",
    "two_factor.enable": "strongroom 2fa enroll",
    "wizard.cancel": "strongroom 2fa cancel",
    "wizard.invert": "strongroom 2fa enroll --qr-inverted",
    "wizard.copy_key": "strongroom 2fa enroll --uri",
    "wizard.regenerate": "strongroom 2fa enroll",
    "recovery_codes.save": "strongroom codes regenerate --output FILE",
    "recovery_codes.saved": "strongroom codes confirm",
}
"""The command for each binding, by the binding's id."""

PAGES: Mapping[str, str] = {
    "general": "strongroom profile show",
    "general_sessions": "strongroom session list",
    "overview": "strongroom status",
    "password": "strongroom password change",
    "two_factor": "strongroom 2fa status",
    "sessions": "strongroom session list",
    "activity": "strongroom activity list",
}
"""The command that tells what a place shows, by the place."""

BUTTONS: Mapping[str, str] = {
    "device_name.act": "strongroom session name ID NAME",
    "disable.act": "strongroom 2fa disable",
    "disable.TickBox": "strongroom 2fa disable --keep-sessions",
    "enrol_first.set-up": "strongroom 2fa enroll",
    "enrol_first.sign-out": "strongroom logout",
    "export.csv": "strongroom activity export FILE",
    "export.jsonl": "strongroom activity export FILE",
    "first_run.create": "strongroom admin init",
    "general.save": "strongroom profile rename NAME",
    "general.Choice": "strongroom profile appearance NAME",
    "general.sign-out": "strongroom logout",
    "password.update": "strongroom password change",
    "recovery_codes.save": "strongroom codes regenerate --output FILE",
    "recovery_codes.saved": "strongroom codes confirm",
    "regenerate.act": "strongroom codes regenerate",
    "regenerate.TickBox": "strongroom codes regenerate --keep-sessions",
    "revoke.act": "strongroom session revoke ID",
    "revoke.act-and-change": "strongroom session revoke ID",
    "save_codes.text": "strongroom codes regenerate --output FILE",
    "save_codes.pdf": "strongroom codes regenerate --output FILE",
    "saved_proof.act": "strongroom codes confirm",
    "second_step.sign-in": "strongroom login",
    "second_step.switch": "strongroom login --recovery-code",
    "session_details.name": "strongroom session name ID NAME",
    "session_details.revoke": "strongroom session revoke ID",
    "session_lifetime.act": "strongroom session lifetime LENGTH",
    "session_lifetime.Choice": "strongroom session lifetime LENGTH",
    "session_table.sessions-others": "strongroom session revoke --others",
    "setup_steps.TickBox": "strongroom 2fa enroll --keep-sessions",
    "setup_steps.cancel": "strongroom 2fa cancel",
    "setup_steps.regenerate": "strongroom 2fa enroll",
    "setup_steps.verify": "strongroom 2fa verify",
    "sign_in.sign-in": "strongroom login",
    "two_factor_pane.disable": "strongroom 2fa disable",
    "two_factor_pane.enable": "strongroom 2fa enroll",
    "two_factor_pane.regenerate": "strongroom codes regenerate",
    "activity.kind": "strongroom activity list --kind KIND",
}
"""The command for each button, box and choice, by its module and its id, or its kind where it has none."""

HELP: Mapping[str, str] = {**TWINS, f"{Place.GENERAL} page.save": BUTTONS["general.save"]}
"""What help tells: the command for each binding, and for one that does something else in one place."""

_MOVING = "it moves the eye on a screen; a command prints all of it"
_CLOSING = "it closes what only a screen opens"
_PROGRAM = "it is about the program on the screen, not about the account"
_TYPING = "it is how a field or a choice is typed into"
_QUESTION = "a command asks by itself where a proof is due"

SCREEN_ONLY: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "page.previous_tab",
            "page.next_tab",
            "help.up",
            "help.down",
            "help.page_up",
            "help.page_down",
            "controls.previous",
            "controls.next",
            "palette.previous_command",
            "palette.next_command",
            "list.up",
            "list.down",
            "list.first",
            "list.last",
            "list.open",
            "rows.up",
            "rows.down",
            "rows.page_up",
            "rows.page_down",
            "rooms.previous",
            "rooms.next",
            "rooms.choose",
            "tabs.previous",
            "tabs.next",
            "body.scroll_up",
            "body.scroll_down",
            "body.page_up",
            "body.page_down",
            "scroll.page_up",
            "scroll.page_down",
            "measures.up",
            "measures.down",
            "home.go_general",
            "home.go_security",
        ),
        _MOVING,
    ),
    **dict.fromkeys(
        (
            "page.back",
            "dialog.cancel",
            "rows.stop",
            "recovery_codes.back",
            "confirm.cancel",
            "device_name.cancel",
            "disable.cancel",
            "event_details.close",
            "export.cancel",
            "overview.close-reminder",
            "reauthentication.cancel",
            "regenerate.cancel",
            "revoke.cancel",
            "save_codes.cancel",
            "saved_proof.cancel",
            "session_details.cancel",
            "session_lifetime.cancel",
        ),
        _CLOSING,
    ),
    **dict.fromkeys(
        (
            "app.palette",
            "app.quit_now",
            "app.quit",
            "app.toggle_mouse",
            "app.redraw",
            "app.hint_quit",
            "page.refresh",
            "sign_in.quit",
        ),
        _PROGRAM,
    ),
    **dict.fromkeys(
        (
            "choice.left",
            "choice.right",
            "choice.turn",
            "tick_box.turn",
            "code.submit",
            "code.delete",
            "code.clear",
        ),
        _TYPING,
    ),
    **dict.fromkeys(("confirm.act", "reauthentication.act"), _QUESTION),
    **dict.fromkeys(
        ("idle_lock.use_code", "idle_lock.unlock", "idle_lock.sign-out", "idle_lock.switch"),
        "only a screen that was left alone locks itself",
    ),
    "sessions.filter": "a command prints one's few sessions all, and grep finds words in them",
    "wizard.margin": "the quiet zone of a command's QR code is as wide as the terminal lets it be",
    "recovery_codes.copy": "what a command prints is the terminal's to copy",
    "sign_in.TickBox": "the session of the commands is always kept: they have no other",
    "sign_in.forgot": "it says whom to ask, and changes nothing",
}
"""Acts that no command does, each with its reason."""

COMMANDS_ALONE: Mapping[str, str] = {
    "session show": "what Enter shows on the list of sessions",
}
"""A person's commands that no key and no button stands for, each with its reason."""
