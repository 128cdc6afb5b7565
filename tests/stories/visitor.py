"""A person at a terminal: what they do, in a story's words. Nothing here knows the program's code."""

from __future__ import annotations

import re
import time

from tests.stories.authenticator import Authenticator
from tests.stories.terminal import Terminal

EMAIL = "amir@acme.example"
PASSWORD = "Lantern-Orchard 47 rivers"
SECOND_PASSWORD = "Quiet-Harbour 81 violins"

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
"""A recovery code as the screen shows it: Crockford's alphabet in four groups."""

GROUPS = re.compile(r"\b((?:[A-Z2-7]{4} ){3}[A-Z2-7]{4})\b")
"""One of the two lines of the key."""


class Visitor:
    """Types, presses and reads at one terminal."""

    def __init__(self, terminal: Terminal) -> None:
        """Sit down."""
        self.terminal = terminal

    def found(self, *, organisation: str = "Acme", name: str = "Amir Haddad", email: str = EMAIL) -> None:
        """Fill in the first-run form and create the account."""
        terminal = self.terminal
        terminal.wait("Organisation")
        for text in (organisation, name, email, PASSWORD, PASSWORD):
            terminal.type(text)
            terminal.press("Tab")
        terminal.press("BTab", "Enter")

    def read_key(self) -> Authenticator:
        """Take the key from the wizard's screen into an authenticator."""
        screen = self.terminal.wait(r"Key expires in 9:")
        lines = GROUPS.findall(screen)
        assert len(lines) == 2, screen
        return Authenticator("".join(lines))

    def verify(self, authenticator: Authenticator) -> list[str]:
        """Type the first code; return the recovery codes that are shown then."""
        self.terminal.type(authenticator.code())
        screen = self.terminal.wait("Save these backup codes")
        codes = CODE.findall(screen)
        assert len(set(codes)) == 8, screen
        return codes

    def prove_saved(self, code: str) -> None:
        """Say that the codes are saved, and type one of them as proof."""
        self.terminal.press("F7")
        self.terminal.wait("Type one of the codes")
        self.terminal.type(code)
        self.terminal.press("Enter")
        self.terminal.gone("Save these backup codes|Type one of the codes")

    def sign_out(self) -> None:
        """Sign out from a room; the question has Cancel focused."""
        self.terminal.press("s")
        self.terminal.wait("go back to sign-in\\?")
        self.terminal.press("Tab", "Enter")
        self.terminal.wait("You signed out")

    def give_password(self, password: str = PASSWORD, *, email: str = EMAIL) -> None:
        """The first step of a sign-in."""
        self.terminal.wait("Forgot your password")
        self.terminal.type(email)
        self.terminal.press("Tab")
        self.terminal.type(password)
        self.terminal.press("Enter")

    def sign_in(self, authenticator: Authenticator, password: str = PASSWORD) -> None:
        """Both steps."""
        self.give_password(password)
        self.terminal.wait("Type the six digits")
        self.terminal.type(authenticator.code())
        self.terminal.wait("Your account")

    def choose_recovery_code(self) -> None:
        """Turn to recovery codes in the second step."""
        self.terminal.wait("Type the six digits")
        self.terminal.press("F2")
        self.terminal.wait("Type one of the codes you saved")

    def give_recovery_code(self, code: str) -> None:
        """Type a recovery code in the second step."""
        self.terminal.type(code)
        self.terminal.press("Enter")

    def open_sessions(self, pattern: str = "session") -> str:
        """Go to Profile, Security, Sessions; return its screen once its rows say so."""
        self.terminal.press("2")
        self.terminal.wait("Your account")
        for _ in range(3):
            self.terminal.press("C-NPage")
        return self.terminal.wait(pattern)

    def revoke_chosen(self) -> str:
        """Revoke the session under the cursor; return the question, in which Cancel is focused."""
        self.terminal.press("x")
        question = self.terminal.wait("Revoke this session")
        self.terminal.press("Tab", "Enter")
        return question

    def open_tab(self, pattern: str, *, steps: int) -> str:
        """Go to a tab of Profile, Security; return its screen."""
        self.terminal.press("2")
        self.terminal.wait("Your account")
        for _ in range(steps):
            self.terminal.press("C-NPage")
        return self.terminal.wait(pattern)

    def regenerate(self) -> list[str]:
        """Make new recovery codes; return them."""
        self.terminal.press("g")
        self.terminal.wait("stops working at once")
        self.terminal.press("Tab", "Enter")
        screen = self.terminal.wait("Save these backup codes")
        return CODE.findall(screen)

    def disable(self, authenticator: Authenticator, password: str = PASSWORD) -> None:
        """Switch two-factor off, with password and code."""
        self.terminal.press("d")
        self.terminal.wait("Are you sure you want to disable two-factor")
        self.terminal.press("Tab", "Tab")
        self.terminal.type(password)
        self.terminal.press("Tab")
        self.terminal.type(authenticator.code())
        self.terminal.press("Tab", "Tab", "Tab", "Enter")
        self.terminal.wait("2FA is Disabled")

    def change_password(self, old: str, new: str) -> str:
        """Change the password; return the screen that says so."""
        self.open_tab("Confirm new password", steps=1)
        self.fill_passwords(old, new)
        self.terminal.press("Enter")
        return self.terminal.wait("Password changed")

    def fill_passwords(self, old: str, new: str) -> None:
        """Fill in the three fields; the button has the focus then."""
        while "F1 Help" not in self.terminal.text():  # a field has the focus
            self.terminal.press("Tab")
            time.sleep(0.3)
        for text in (old, new, new):
            self.terminal.type(text)
            self.terminal.press("Tab")
