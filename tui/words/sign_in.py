"""The words for coming in: first run, sign-in, the idle lock, and the proof that it is still you."""

from __future__ import annotations

WELCOME = "Nobody has an account here yet. You become the owner; two-factor is next."
"""What this screen is for."""

FORGOT = "An administrator of your organisation can reset it."
"""What is answered to "Forgot your password?"."""

NO_MAIL = "Nothing is sent by mail: no address here can be used for it."
"""What is said below it."""

TYPE_DIGITS = "Type the six digits that your authenticator app shows."
"""What the second step asks for."""

TYPE_RECOVERY_CODE = "Type one of the codes you saved. It works once; spaces and lower case are fine."
"""What it asks for in place of them."""

LOCKED = {
    False: "Nobody touched this terminal for a while. Your password opens it again.",
    True: "Nobody touched this terminal for a while. Six digits from your app open it again.",
}
"""Why the screen is locked and how it is opened: by the password, or by a code."""

LOCKED_BY_HAND = {
    False: "You locked this terminal. Your password opens it again.",
    True: "You locked this terminal. Six digits from your app open it again.",
}
"""The same where the person asked for it."""

PROOF_QUESTION = "This needs a sign-in of the last five minutes."
"""Why the question is asked."""

CODE_HINT = "Six digits from your app; without the phone, one of your recovery codes."
"""What stands below the code field."""
