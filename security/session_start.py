"""The start of sessions: device, network, the greatest number, the token, and what others are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from security.acting import due_reason, expiry, lifetime
from security.clients import described
from security.devices import SeenDevice, network_prefix, secret_hash, see_device
from security.facts import Secret, SignedIn
from security.journal import Journal
from security.origin import Origin
from security.places import Places
from security.policy import Policy, of_record
from security.safe_text import sanitise
from security.session_ends import SessionEnds
from security.tokens import new_token, token_hash
from security.views import account_view
from security.vocabulary import ChangeKind, EndReason, EventName, NoticeKind
from store import accounts as account_rows
from store import sessions as session_rows
from store.accounts import AccountRecord
from store.ids import new_id
from store.people import PersonRecord
from store.sessions import SeenBefore, SessionRecord
from store.transaction import Transaction

NOTABLE_FAILURES = 5
"""A success after this many failures is told to the person (R029)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person who has proven who they are, at the moment their session begins."""

    person: PersonRecord
    """As the transaction that proved them has read them."""
    origin: Origin
    is_kept: bool
    methods: str
    """How they proved it: "password", "password totp", "password recovery_code"."""
    failures_before: int = 0
    is_founding: bool = False
    """The account is made by this very act, so that its device is no news."""
    codes_left: int | None = None
    """Recovery codes left, where this sign-in spent one."""

    @property
    def account(self) -> AccountRecord:
        """Whose session it is."""
        return self.person.account


@dataclass(frozen=True, slots=True)
class _News:
    """What of a session its account has never seen before."""

    device: bool
    network: bool
    country: bool


class SessionStart:
    """Begins sessions inside the transaction that proved the person."""

    def __init__(self, journal: Journal, ends: SessionEnds, places: Places) -> None:
        """Keep the journal, what drops the oldest session, and what knows where addresses are."""
        self._journal = journal
        self._ends = ends
        self._places = places

    async def prepared(self, origin: Origin) -> Origin:
        """The origin with its client in words and its place, where they can be known.

        Before any transaction, and alike for every name: it may read a file.
        """
        return await self._places.placed(await described(origin))

    async def begin(self, tx: Transaction, at: datetime, arrival: Arrival) -> SignedIn:
        """Begin a session under a new token; at the greatest number of sessions the oldest ends (R059)."""
        account, origin = arrival.account, arrival.origin
        policy = of_record(arrival.person.policy)
        dropped = await self._make_room(tx, at, account, policy, origin)
        before = await session_rows.seen_before(
            tx, account.id, secret_hash(origin), network_prefix(origin.source_ip), _country(origin)
        )
        device = await see_device(tx, account, origin, at, before.device_id)
        news = _news(arrival, before)
        token = new_token()
        session = _session(arrival, policy, at, device.id, news, token_hash(token))
        await session_rows.insert(tx, session)
        await account_rows.note_sign_in(tx, account.id, at)
        await self._tell(tx, at, arrival, session, device)
        return _signed_in(arrival, policy, session, device, token, dropped)

    async def _make_room(
        self, tx: Transaction, at: datetime, account: AccountRecord, policy: Policy, origin: Origin
    ) -> int:
        """Store the ends that are due and drop the oldest sessions until one more has room."""
        alive = []
        for session in await session_rows.list_open(tx, account.id):
            due = due_reason(session, account, policy, at)
            if due is None:
                alive.append(session)
            else:
                await self._ends.end(tx, at, session, account, due)
        alive.sort(key=lambda session: (session.created_at, session.id))
        surplus = alive[: max(0, len(alive) - policy.session_limit + 1)]
        for session in surplus:
            await self._ends.end(
                tx, at, session, account, EndReason.LIMIT, origin=origin, actor_id=account.id
            )
        return len(surplus)

    async def _tell(
        self, tx: Transaction, at: datetime, arrival: Arrival, session: SessionRecord, device: SeenDevice
    ) -> None:
        """Audit, change feed and the notices of R029."""
        account, origin = arrival.account, arrival.origin
        details = {"methods": arrival.methods, "kept": str(arrival.is_kept).lower(), **_place(session)}
        entries = [
            self._journal.entry(
                EventName.SIGNED_IN, origin, account=account, session_id=session.id, details=details
            )
        ]
        facts = {"client": origin.client, "source_ip": origin.source_ip}
        if session.is_new_device:
            details = {"device_id": device.id}
            entries.append(
                self._journal.entry(
                    EventName.NEW_DEVICE, origin, account=account, session_id=session.id, details=details
                )
            )
            await self._journal.notice(tx, at, account, NoticeKind.NEW_DEVICE, facts)
        await self._journal.events(tx, entries)
        await self._journal.change(tx, at, ChangeKind.SESSION_STARTED, account, session.id)
        if arrival.failures_before >= NOTABLE_FAILURES:
            facts = {**facts, "failures": str(arrival.failures_before)}
            await self._journal.notice(tx, at, account, NoticeKind.SIGNED_IN_AFTER_FAILURES, facts)


def _country(origin: Origin) -> str | None:
    """The country of an origin as sessions keep it."""
    return None if origin.country is None else sanitise(origin.country)


def _news(arrival: Arrival, before: SeenBefore) -> _News:
    """What the account has not seen before; a country only where another one is known (R055)."""
    if arrival.is_founding:
        return _News(device=False, network=False, country=False)
    return _News(
        device=before.device_id is None,
        network=not before.network,
        country=arrival.origin.country is not None and before.countries and not before.country,
    )


def _place(session: SessionRecord) -> dict[str, str]:
    """The place of a session for its event, where it is known and new."""
    return {"new_country": session.country} if session.is_new_country and session.country else {}


def _session(
    arrival: Arrival, policy: Policy, at: datetime, device_id: str, news: _News, token: bytes
) -> SessionRecord:
    """The row of a session that begins."""
    origin = arrival.origin
    return SessionRecord(
        id=new_id(at),
        account_id=arrival.account.id,
        org_id=arrival.account.org_id,
        token_hash=token,
        device_id=device_id,
        client=sanitise(origin.client),
        source_ip=sanitise(origin.source_ip),
        network=network_prefix(origin.source_ip),
        city=None if origin.city is None else sanitise(origin.city),
        country=_country(origin),
        is_new_device=news.device,
        is_new_network=news.network,
        is_new_country=news.country,
        is_kept=arrival.is_kept,
        methods=arrival.methods,
        created_at=at,
        authenticated_at=at,
        last_active_at=at,
        expires_at=at + lifetime(arrival.account, policy),
        locked_at=None,
        ended_at=None,
        end_reason=None,
    )


def _signed_in(
    arrival: Arrival, policy: Policy, session: SessionRecord, device: SeenDevice, token: Secret, dropped: int
) -> SignedIn:
    """What the screen is told of the session that began."""
    person = arrival.person
    has_two_factor, batch = person.totp is not None, person.batch
    return SignedIn(
        token=token,
        session_id=session.id,
        account=account_view(arrival.account, person.organisation, has_two_factor=has_two_factor),
        expires_at=expiry(session, arrival.account, policy),
        device_secret=device.secret,
        is_new_device=session.is_new_device,
        codes_unacknowledged=has_two_factor and batch is not None and batch.acknowledged_at is None,
        recovery_codes_left=arrival.codes_left,
        other_sessions_ended=dropped,
    )
