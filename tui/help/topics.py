"""Answers in plain words, which help finds by the words that people use."""

from __future__ import annotations

from dataclasses import dataclass

from tui.keys.keymap import KeysNow


@dataclass(frozen=True, slots=True)
class Topic:
    """One question and its answer."""

    title: str
    """What it is about."""
    sentence: str
    """The answer; `{page.refresh}` stands for the key of that binding."""
    words: str
    """What people call it."""

    def told(self, keys: KeysNow) -> str:
        """Return the answer with the keys of a visit."""
        return keys.told(self.sentence)


TOPICS = (
    Topic(
        "Sign out",
        "{home.sign_out} on any page ends this session, after a question. {sessions.others} on Sessions "
        "signs out everywhere else.",
        "logout log out logoff off signout end leave session",
    ),
    Topic(
        "Change the password",
        "Security, the tab Password. Your other sessions are signed out.",
        "passphrase passwd new password reset",
    ),
    Topic(
        "Two-factor (2FA)",
        "Security, the tab Two-factor: {two_factor.enable} sets it up with an authenticator app, "
        "{two_factor.disable} disables it.",
        "2fa mfa otp totp two-step second factor authenticator app google microsoft authy qr code enable "
        "disable",
    ),
    Topic(
        "Recovery codes (backup codes)",
        "Security, the tab Two-factor: {two_factor.regenerate} makes new ones, which are shown once. At "
        "sign-in {second_step.use_recovery_code} takes one in place of the six digits.",
        "backup codes recovery emergency scratch regenerate lost phone",
    ),
    Topic(
        "Lost or new phone",
        "At sign-in {second_step.use_recovery_code} takes a backup code. Then disable two-factor and set it "
        "up on the new phone. Without codes, ask whoever runs Strongroom here for a reset.",
        "lost phone new phone stolen broken device authenticator 2fa mfa locked out reset",
    ),
    Topic(
        "Who is signed in as you",
        "Security, the tab Sessions: each device with address, place and last activity. {sessions.revoke} "
        "ends one, {sessions.name} gives its device a name.",
        "devices sessions logged in hacked stranger intruder kick revoke other computers rename",
    ),
    Topic(
        "What happened to your account",
        "Security, the tab Activity. {activity.filter} searches, {activity.kind} takes one kind, "
        "{activity.export} writes a file.",
        "log history audit events sign-ins failed attempts export csv json download",
    ),
    Topic(
        "Copy and paste",
        "A key that copies sends the text to your terminal's clipboard. To mark text yourself, switch the "
        "mouse off with {app.toggle_mouse}, or hold Shift while you drag.",
        "copy clipboard paste select mark text osc52 tmux",
    ),
    Topic(
        "Mouse",
        "{app.toggle_mouse} switches it off and on. Off, the terminal marks text by itself. For good: "
        "mouse = false in the settings.",
        "mouse click wheel pointer select scroll",
    ),
    Topic(
        "Colours",
        "In the palette ({app.palette}) type theme; or General, Appearance. Kept with your account.",
        "theme dark light high contrast colors appearance look",
    ),
    Topic(
        "Times",
        "{app.toggle_utc} shows them in local time or in UTC.",
        "time zone utc local clock date",
    ),
    Topic(
        "Lock the screen",
        "In the palette ({app.palette}) type lock. After some minutes without a key it locks by itself.",
        "lock idle away afk screen saver timeout",
    ),
    Topic(
        "Your name",
        "General: type it and press {page.save}.",
        "rename name profile change edit",
    ),
    Topic(
        "How long sessions live",
        "{sessions.lifetime} on Sessions makes yours shorter than the organisation allows.",
        "lifetime duration expire expiry timeout session length stay signed in",
    ),
    Topic(
        "The screen looks wrong",
        "{app.redraw} draws everything again.",
        "garbled broken characters redraw refresh lines display artefacts",
    ),
    Topic(
        "Other keys",
        'keymap_preset = "vim", "emacs" or "function-keys" in the settings; [keymap] changes single ones.',
        "vim vi emacs function keys keyboard shortcuts hotkeys bindings remap change",
    ),
    Topic(
        "Screen reader",
        "strongroom --plain asks and answers in lines, without a screen.",
        "accessibility accessible blind speech braille plain orca nvda jaws",
    ),
    Topic(
        "Leave the program",
        "{app.quit_now}, from anywhere. It signs nobody out; {home.sign_out} does.",
        "quit exit close stop",
    ),
)
"""All of them, what people look for most first."""
