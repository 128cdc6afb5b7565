"""The bundle: every flow built once a process, with its collaborators and no state of any one person."""

from __future__ import annotations

from dataclasses import dataclass

from security.accounts import Accounts
from security.activity import Activity
from security.activity_export import ActivityExport
from security.audit import Audit
from security.breach.screening import Screening
from security.changes import Changes
from security.clock import Clock
from security.code_batches import CodeBatches
from security.founding import Founding
from security.gate import Gate
from security.hashing import PasswordHasher
from security.housekeeping import Housekeeping
from security.idle_lock import IdleLock
from security.journal import Journal
from security.keys import KeyRing
from security.member_states import MemberStates
from security.members import Members
from security.new_accounts import NewAccounts
from security.new_password import NewPassword
from security.operations import Operations
from security.organisations import Organisations
from security.padding import Padding
from security.password_proof import PasswordProof
from security.passwords import Passwords
from security.places import NoPlaces, Places
from security.policies import Policies
from security.reauthentication import Reauthentication
from security.recovery_codes import RecoveryCodeBatches
from security.second_factor import SecondFactor
from security.second_step import SecondStep
from security.services import Services
from security.session_ends import SessionEnds
from security.session_start import SessionStart
from security.sessions import Sessions
from security.sign_in import SignIn
from security.throttling import Throttle
from security.two_factor import TwoFactor
from security.vocabulary import Appearance
from store.store import Store


@dataclass(frozen=True, slots=True)
class _Parts:
    """What several flows share."""

    store: Store
    clock: Clock
    keys: KeyRing
    hasher: PasswordHasher
    throttle: Throttle
    audit: Audit
    journal: Journal
    ends: SessionEnds
    gate: Gate
    start: SessionStart
    batches: CodeBatches
    proof: PasswordProof
    second_factor: SecondFactor
    new_password: NewPassword
    new_accounts: NewAccounts
    states: MemberStates


def build_services(
    store: Store,
    keys: KeyRing,
    clock: Clock,
    hasher: PasswordHasher,
    screening: Screening,
    *,
    node: str,
    places: Places | None = None,
    issuer: str | None = None,
    appearance: Appearance = Appearance.DARK,
    refusal_floor_ms: int = 250,
    refusal_jitter_ms: int = 85,
) -> Services:
    """Build every flow over one store.

    `node` names this machine in the audit; `places` knows where addresses are; `issuer` (at most
    ten bytes) stands in the QR code instead of the organisation's short name; new accounts begin with
    `appearance`; the two figures pad the refusals of the sign-in.
    """
    places = places or NoPlaces()
    parts = _parts(store, keys, clock, hasher, screening, node, places, appearance)
    sessions = _sessions(parts)
    return Services(
        clock=clock,
        founding=_founding(parts),
        sign_in=_sign_in(parts, Padding(refusal_floor_ms, refusal_jitter_ms)),
        reauthentication=Reauthentication(parts.gate, parts.proof, parts.second_factor, parts.journal),
        sessions=sessions,
        passwords=_passwords(parts),
        two_factor=_two_factor(parts, issuer),
        recovery_codes=RecoveryCodeBatches(parts.gate, parts.batches, parts.ends, parts.journal),
        accounts=Accounts(parts.gate, parts.states, parts.journal),
        activity=Activity(parts.gate),
        activity_export=ActivityExport(parts.gate, parts.journal, places),
        policies=Policies(parts.gate),
        audit=parts.audit,
        changes=Changes(store),
        housekeeping=Housekeeping(store, clock, sessions, parts.throttle, parts.audit, node),
    )


def build_operations(
    store: Store,
    keys: KeyRing,
    clock: Clock,
    hasher: PasswordHasher,
    screening: Screening,
    *,
    node: str,
    appearance: Appearance = Appearance.DARK,
) -> Operations:
    """Build what the operator alone has, over the same store as everybody's flows."""
    parts = _parts(store, keys, clock, hasher, screening, node, NoPlaces(), appearance)
    return Operations(
        organisations=Organisations(store, clock, parts.new_accounts, parts.journal),
        members=Members(store, clock, parts.new_accounts, parts.states, parts.journal),
    )


def _parts(
    store: Store,
    keys: KeyRing,
    clock: Clock,
    hasher: PasswordHasher,
    screening: Screening,
    node: str,
    places: Places,
    appearance: Appearance,
) -> _Parts:
    """The collaborators, each made of those before it."""
    audit = Audit(store, keys, clock)
    throttle = Throttle(store, keys, clock)
    batches = CodeBatches(keys)
    journal = Journal(store, clock, audit, node)
    ends = SessionEnds(journal)
    new_password = NewPassword(hasher, screening)
    return _Parts(
        store=store,
        clock=clock,
        keys=keys,
        hasher=hasher,
        throttle=throttle,
        audit=audit,
        journal=journal,
        ends=ends,
        gate=Gate(store, clock, ends, journal),
        start=SessionStart(journal, ends, places),
        batches=batches,
        proof=PasswordProof(hasher, throttle, journal),
        second_factor=SecondFactor(keys, batches, throttle, journal),
        new_password=new_password,
        new_accounts=NewAccounts(new_password, journal, appearance),
        states=MemberStates(ends, journal, throttle),
    )


def _founding(parts: _Parts) -> Founding:
    """The founding."""
    return Founding(
        store=parts.store,
        clock=parts.clock,
        keys=parts.keys,
        new_accounts=parts.new_accounts,
        start=parts.start,
        journal=parts.journal,
    )


def _sessions(parts: _Parts) -> Sessions:
    """The sessions, with their idle lock."""
    idle_lock = IdleLock(parts.gate, parts.proof, parts.second_factor, parts.journal)
    return Sessions(parts.store, parts.clock, parts.gate, parts.ends, parts.journal, idle_lock)


def _sign_in(parts: _Parts, padding: Padding) -> SignIn:
    """The sign-in, with its second step."""
    second_step = SecondStep(parts.store, parts.clock, parts.second_factor, parts.start, parts.journal)
    return SignIn(
        store=parts.store,
        clock=parts.clock,
        hasher=parts.hasher,
        throttle=parts.throttle,
        journal=parts.journal,
        gate=parts.gate,
        start=parts.start,
        ends=parts.ends,
        second_step=second_step,
        padding=padding,
    )


def _passwords(parts: _Parts) -> Passwords:
    """The password of a signed-in person."""
    return Passwords(
        gate=parts.gate,
        proof=parts.proof,
        second_factor=parts.second_factor,
        new_password=parts.new_password,
        ends=parts.ends,
        journal=parts.journal,
    )


def _two_factor(parts: _Parts, issuer: str | None) -> TwoFactor:
    """The second factor of a signed-in person."""
    return TwoFactor(
        gate=parts.gate,
        keys=parts.keys,
        proof=parts.proof,
        second_factor=parts.second_factor,
        throttle=parts.throttle,
        batches=parts.batches,
        ends=parts.ends,
        journal=parts.journal,
        issuer=issuer,
    )
