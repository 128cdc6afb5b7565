"""Services: every flow in one frozen bundle, built once a process, with no state of any one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from security.accounts import Accounts
    from security.activity import Activity
    from security.activity_export import ActivityExport
    from security.audit import Audit
    from security.changes import Changes
    from security.clock import Clock
    from security.founding import Founding
    from security.housekeeping import Housekeeping
    from security.passwords import Passwords
    from security.policies import Policies
    from security.reauthentication import Reauthentication
    from security.recovery_codes import RecoveryCodeBatches
    from security.sessions import Sessions
    from security.sign_in import SignIn
    from security.two_factor import TwoFactor


@dataclass(frozen=True, slots=True)
class Services:
    """All flows of one process. `strongroom.assembly` builds it; screens and commands call it."""

    clock: Clock
    founding: Founding
    """The first owner and further organisations."""
    sign_in: SignIn
    reauthentication: Reauthentication
    sessions: Sessions
    passwords: Passwords
    two_factor: TwoFactor
    recovery_codes: RecoveryCodeBatches
    accounts: Accounts
    """Name, appearance, overview."""
    activity: Activity
    """What happened to the account."""
    activity_export: ActivityExport
    """The same, taken away in a file."""
    policies: Policies
    audit: Audit
    changes: Changes
    """What others did: the live feed."""
    housekeeping: Housekeeping
    """What falls due without anybody asking."""
