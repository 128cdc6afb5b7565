"""How help and palette find things: by every word typed, in any order, and by what people call them."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "app.help": "shortcuts hotkeys manual how",
    "app.palette": "commands menu search everything",
    "app.quit_now": "exit close leave",
    "app.quit": "exit close leave",
    "app.toggle_mouse": "click wheel select copy mark",
    "app.redraw": "garbled broken repaint clear refresh",
    "app.toggle_utc": "time zone clock",
    "page.back": "close cancel up",
    "page.refresh": "reload update again",
    "home.sign_out": "logout log out logoff off signout end session",
    "sessions.filter": "search find",
    "sessions.revoke": "kick end terminate logout log out remote device stranger",
    "sessions.others": "everyone all devices kick logout log out revoke",
    "sessions.name": "label rename device",
    "sessions.lifetime": "lifetime expire expiry timeout long short",
    "activity.filter": "search find log history",
    "activity.kind": "type sort log history",
    "activity.export": "csv json download save file log history",
    "two_factor.enable": "2fa mfa otp totp authenticator enable turn on app phone two-step",
    "two_factor.regenerate": "recovery backup codes 2fa mfa new",
    "two_factor.disable": "2fa mfa otp totp turn off remove",
    "wizard.copy_key": "clipboard secret paste",
    "recovery_codes.copy": "backup clipboard paste",
    "recovery_codes.save": "backup print pdf file",
    "second_step.use_recovery_code": "recovery lost phone",
    "reauthentication.use_recovery_code": "recovery lost phone",
}
"""What else people call what a binding does."""


def score(typed: str, label: str, sentence: str, words: str = "") -> int:
    """Tell how well a thing is meant by what was typed: 0 where a word is nowhere, more for its name."""
    tokens = typed.casefold().split()
    name, told, called = label.casefold(), sentence.casefold(), words.casefold()
    total = 1
    for token in tokens:
        if any(word.startswith(token) for word in name.split()):
            total += 8
        elif token in name:
            total += 5
        elif any(word.startswith(token) for word in called.split()):
            total += 5 if called.split()[0].startswith(token) else 4  # the first word is the most usual
        elif token in called or token in told:
            total += 2
        else:
            return 0
    whole = " ".join(tokens)
    if whole and name.startswith(whole):
        total += 20 if name == whole else 6
    return total
