"""Views: stored rows as their owner may see them, with every foreign text sanitised (R055, R081)."""

from __future__ import annotations

from security.acting import Acting, expiry
from security.facts import AccountView, EventView, Secret, SessionView, SignedIn, TwoFactorView
from security.operator_facts import MemberView
from security.places import is_this_network
from security.policy import Policy
from security.safe_text import sanitise
from security.vocabulary import AccountStatus, Appearance, EndReason, EventName, Role, SignInMethod
from store.accounts import AccountRecord
from store.audit import AuditRecord
from store.members import MemberRecord
from store.organisations import OrganisationRecord
from store.recovery_codes import BatchRecord
from store.sessions import SessionRecord
from store.two_factor import TotpRecord


def account_view(
    account: AccountRecord, organisation: OrganisationRecord, *, has_two_factor: bool
) -> AccountView:
    """An account as the frame shows it."""
    return AccountView(
        id=account.id,
        email=sanitise(account.email),
        name=sanitise(account.name),
        organisation=sanitise(organisation.name),
        role=Role(account.role),
        appearance=Appearance.kept(account.appearance),
        has_two_factor=has_two_factor,
        must_enrol=account.must_enrol,
    )


def session_view(
    session: SessionRecord,
    account: AccountRecord,
    policy: Policy,
    *,
    current_id: str,
    device_name: str | None,
) -> SessionView:
    """A session as one row of its owner's list, alive or over."""
    return SessionView(
        id=session.id,
        client=sanitise(session.client),
        device_name=None if device_name is None else sanitise(device_name),
        source_ip=sanitise(session.source_ip),
        is_this_network=is_this_network(session.source_ip),
        city=None if session.city is None else sanitise(session.city),
        country=None if session.country is None else sanitise(session.country),
        created_at=session.created_at,
        authenticated_at=session.authenticated_at,
        methods=tuple(SignInMethod.kept(method) for method in session.methods.split()),
        last_active_at=session.last_active_at,
        expires_at=expiry(session, account, policy),
        is_current=session.id == current_id,
        is_new_device=session.is_new_device,
        is_new_network=session.is_new_network,
        is_new_country=session.is_new_country,
        is_kept=session.is_kept,
        is_locked=session.locked_at is not None,
        ended_at=session.ended_at,
        end_reason=None if session.end_reason is None else EndReason.kept(session.end_reason),
    )


def member_view(record: MemberRecord) -> MemberView:
    """An account as the operator of its store sees it."""
    return MemberView(
        id=record.id,
        organisation=sanitise(record.organisation),
        name=sanitise(record.name),
        email=sanitise(record.email),
        role=Role(record.role),
        status=AccountStatus(record.status),
        has_two_factor=record.has_two_factor,
        must_enrol=record.must_enrol,
        created_at=record.created_at,
        last_active_at=record.last_active_at,
    )


def event_view(event: AuditRecord) -> EventView:
    """An audit record as a line of the person's own history."""
    return EventView(
        id=event.id,
        at=event.at,
        name=EventName.kept(event.name),
        was_success=event.outcome == "success",
        reason=sanitise(event.reason),
        client=sanitise(event.client),
        source_ip=sanitise(event.source_ip),
    )


def two_factor_view(
    totp: TotpRecord | None, batch: BatchRecord | None, codes_left: int, policy: Policy
) -> TwoFactorView:
    """The state of two-factor authentication and of its recovery codes."""
    return TwoFactorView(
        is_on=totp is not None,
        enrolled_at=None if totp is None else totp.enrolled_at,
        codes_left=codes_left,
        codes_in_batch=0 if batch is None else batch.size,
        codes_acknowledged=batch is not None and batch.acknowledged_at is not None,
        is_enforced=policy.enforces_two_factor,
    )


def signed_in(acting: Acting, token: Secret, *, has_two_factor: bool | None = None) -> SignedIn:
    """The acting person's session under a token, after an act that may have turned 2FA on or off."""
    return SignedIn(
        token=token,
        session_id=acting.session.id,
        account=account_view(
            acting.account,
            acting.organisation,
            has_two_factor=acting.has_two_factor if has_two_factor is None else has_two_factor,
        ),
        expires_at=expiry(acting.session, acting.account, acting.policy),
    )
