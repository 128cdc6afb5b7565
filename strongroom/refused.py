"""What a command says and returns when a flow refuses or the store cannot serve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from security import refusals as no
from security.refusals import Refusal
from security.trouble import StoreTrouble
from strongroom.exits import ExitCode, Stopped
from tui.private_file import NameTaken, NoPlace, NotSaved
from tui.words.refusals import refusal_words

_CODES: dict[type[Refusal], ExitCode] = {
    no.WrongCredentials: ExitCode.AUTHENTICATION,
    no.WrongPassword: ExitCode.AUTHENTICATION,
    no.CodeRejected: ExitCode.AUTHENTICATION,
    no.Throttled: ExitCode.AUTHENTICATION,
    no.SecondFactorBlocked: ExitCode.AUTHENTICATION,
    no.HalfSignInOver: ExitCode.AUTHENTICATION,
    no.SessionOver: ExitCode.AUTHENTICATION,
    no.SessionLocked: ExitCode.AUTHENTICATION,
    no.ReauthenticationNeeded: ExitCode.CONFIRMATION_NEEDED,
    no.WeakPassword: ExitCode.FORBIDDEN,
    no.BreachedPassword: ExitCode.FORBIDDEN,
    no.BreachUnchecked: ExitCode.FORBIDDEN,
    no.NotAllowed: ExitCode.FORBIDDEN,
    no.PolicyForbids: ExitCode.FORBIDDEN,
    no.UnusableInput: ExitCode.USAGE,
    no.UnusableField: ExitCode.USAGE,
    no.ConfirmationDiffers: ExitCode.USAGE,
    no.EnrolmentOver: ExitCode.CONFLICT,
    no.EnrolmentNeeded: ExitCode.CONFIRMATION_NEEDED,
    no.LastOwner: ExitCode.FORBIDDEN,
    no.NotFound: ExitCode.NOT_FOUND,
    no.NoSuchMember: ExitCode.NOT_FOUND,
    no.NoSuchOrganisation: ExitCode.NOT_FOUND,
    no.NameTaken: ExitCode.CONFLICT,
    no.AlreadySo: ExitCode.CONFLICT,
    no.NothingToReset: ExitCode.CONFLICT,
    no.AlreadyFounded: ExitCode.CONFLICT,
    no.EmailTaken: ExitCode.CONFLICT,
    no.ExportOvertaken: ExitCode.CONFLICT,
    no.NotEnrolled: ExitCode.CONFLICT,
    no.AlreadyEnrolled: ExitCode.CONFLICT,
    no.SamePassword: ExitCode.CONFLICT,
    no.Busy: ExitCode.UNAVAILABLE,
}


_FILE_CODES: dict[type[NotSaved], tuple[ExitCode, str]] = {
    NameTaken: (ExitCode.CONFLICT, "file_exists"),
    NoPlace: (ExitCode.NOT_FOUND, "no_folder"),
}


@contextmanager
def refusals_told(now: datetime) -> Iterator[None]:
    """Turn refusals and the store's errors inside into the words that every door uses.

    Raises:
        Stopped: with the exit code of the refusal, or 69 where the store cannot serve.
    """
    try:
        yield
    except Refusal as refusal:
        words = refusal_words(refusal, now=now)
        code = _CODES.get(type(refusal), ExitCode.FAILED)
        raise Stopped(words.sentence, code, hint=words.hint, tag=refusal.tag) from refusal
    except StoreTrouble as trouble:
        raise Stopped(str(trouble), ExitCode.UNAVAILABLE) from trouble


def recovery_code_refused(rejected: no.CodeRejected, now: datetime) -> Stopped:
    """What is said of a code that was not accepted and was no six digits: no clock has to do with it."""
    words = refusal_words(rejected, now=now, recovery_code=True)
    return Stopped(words.sentence, ExitCode.AUTHENTICATION, hint=words.hint, tag=rejected.tag)


def not_saved(fault: NotSaved) -> Stopped:
    """What is said of a file that a command could not write."""
    code, tag = _FILE_CODES.get(type(fault), (ExitCode.FAILED, "not_saved"))
    return Stopped(fault.sentence, code, tag=tag)
