"""People for the tests of the flows: an organisation, a password, an authenticator with real codes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pyotp

from security.breach.screening import Screening
from security.bundle import build_operations, build_services
from security.clock import MovedClock
from security.facts import RecoveryCodes, SecondStepNeeded, Secret, SignedIn
from security.hashing import PasswordHasher
from security.keys import KeyRing
from security.operations import Operations
from security.origin import Origin
from security.places import Places
from security.policy import STANDARD, Policy
from security.services import Services
from security.tokens import new_token
from security.vocabulary import EventName, NoticeKind, Role
from store import audit as audit_rows
from store import changes as change_rows
from store import outbox as outbox_rows
from store.audit import AuditRecord
from store.outbox import OutboxRecord
from store.store import Store, open_store
from store.transaction import Transaction

PASSWORD = "Plum tree, 7 lanterns"
OTHER_PASSWORD = "Quiet harbour & 3 gulls"
WRONG_PASSWORD = "Not the plum tree, 8"

OPERATOR = "ops (sudo by amir)"
"""Who runs the commands of an operator."""

STEP = timedelta(seconds=30)

TABLES_OF_A_FILE = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
TABLES_OF_A_SERVER = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'strongroom'"
"""What lists the tables of a store, by engine."""

Dump = dict[str, list[tuple[str, ...]]]
"""Every row of every table."""


def an_origin(
    client: str = "OpenSSH, kitty",
    source_ip: str = "203.0.113.7",
    city: str | None = None,
    country: str | None = None,
) -> Origin:
    """A terminal on a connection of its own."""
    return Origin(new_token(), source_ip, client, "test", city=city, country=country)


@dataclass
class Authenticator:
    """An authenticator app, by a library that is not ours."""

    secret: Secret = field(repr=False)
    clock: MovedClock

    def code(self, *, steps: int = 0) -> str:
        """The code that the app shows now, or so many steps later."""
        return pyotp.TOTP(self.secret.reveal).at(self.clock.now() + steps * STEP)

    def next_code(self) -> str:
        """Wait for the next code and read it."""
        self.clock.advance(STEP)
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that no step near now has."""
        near = {self.code(steps=steps) for steps in range(-15, 16)}
        return next(f"{guess:06d}" for guess in range(1000) if f"{guess:06d}" not in near)


@dataclass
class Person:
    """A person with an account, at a terminal of theirs."""

    house: House
    account_id: str
    email: str
    password: str = field(repr=False)
    origin: Origin
    signed_in: SignedIn
    authenticator: Authenticator | None = None
    codes: RecoveryCodes | None = None

    @property
    def token(self) -> Secret:
        """The token of the terminal's session as it is now."""
        return self.signed_in.token

    @property
    def app(self) -> Authenticator:
        """The authenticator of an enrolled person."""
        assert self.authenticator is not None
        return self.authenticator

    @property
    def recovery(self) -> RecoveryCodes:
        """The recovery codes of an enrolled person."""
        assert self.codes is not None
        return self.codes

    async def enrol(self, *, end_others: bool = True, acknowledge: bool = True) -> RecoveryCodes:
        """Turn two-factor authentication on, and prove that the codes were saved."""
        two_factor = self.house.services.two_factor
        enrolment = await two_factor.begin(self.token, self.origin)
        self.authenticator = Authenticator(enrolment.secret, self.house.clock)
        self.codes = await two_factor.confirm(
            self.token, enrolment.id, self.app.code(), self.origin, end_others=end_others
        )
        self.signed_in = self.codes.signed_in
        if acknowledge:
            await self.house.services.recovery_codes.acknowledge(
                self.token, self.codes.batch_id, self.codes.codes[0].reveal, self.origin
            )
        return self.codes

    async def sign_in(self, origin: Origin | None = None, *, keep: bool = False) -> SignedIn:
        """Sign in once more, with both steps where they are needed; this terminal's session stays."""
        origin = origin or an_origin()
        sign_in = self.house.services.sign_in
        answer = await sign_in.begin(self.email, self.password, origin, keep)
        if isinstance(answer, SecondStepNeeded):
            return await sign_in.finish(answer.half, self.app.next_code(), origin, keep)
        return answer

    async def half(self, origin: Origin) -> Secret:
        """Take the first step only."""
        answer = await self.house.services.sign_in.begin(self.email, self.password, origin)
        assert isinstance(answer, SecondStepNeeded)
        return answer.half

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.house.clock.advance(timedelta(**span))

    async def events(self) -> list[AuditRecord]:
        """What the audit tells of this person, oldest first."""
        async with self.house.store.read() as tx:
            return list(reversed(await audit_rows.newest(tx, self.account_id, limit=500)))

    async def last_event(self) -> tuple[str, str, str]:
        """Name, outcome and reason of the newest event."""
        event = (await self.events())[-1]
        return event.name, event.outcome, event.reason

    async def count_events(self, name: EventName, outcome: str = "success") -> int:
        """How many events of a name there are."""
        return sum(event.name == name and event.outcome == outcome for event in await self.events())


class House:
    """One store with its keys and services, and the people in it."""

    def __init__(
        self, store: Store, keys: KeyRing, clock: MovedClock, hasher: PasswordHasher, screening: Screening
    ) -> None:
        """Keep what services are built from."""
        self.store = store
        self.keys = keys
        self.clock = clock
        self.hasher = hasher
        self.screening = screening
        self.services = self.build(store)
        self.operations = self.operate(store)

    def build(
        self,
        store: Store,
        *,
        hasher: PasswordHasher | None = None,
        screening: Screening | None = None,
        places: Places | None = None,
    ) -> Services:
        """Services over a store, with refusals that do not wait."""
        return build_services(
            store,
            self.keys,
            self.clock,
            hasher or self.hasher,
            screening or self.screening,
            node="test",
            places=places,
            refusal_floor_ms=0,
            refusal_jitter_ms=0,
        )

    def operate(self, store: Store) -> Operations:
        """What an operator has over a store."""
        return build_operations(store, self.keys, self.clock, self.hasher, self.screening, node="test")

    async def second(self) -> tuple[Store, Services]:
        """Another store object over the same store, as another process has one; to be closed."""
        store = await open_store(self.store.url)
        return store, self.build(store)

    async def owner(self, *, policy: Policy = STANDARD, keep: bool = False) -> Person:
        """Found the organisation."""
        origin = an_origin()
        signed_in = await self.services.founding.found(
            "Acme Financial Group", "Amir Haddad", "amir@acme.example", PASSWORD, origin, keep, policy=policy
        )
        origin = replace(origin, device_secret=signed_in.device_secret)
        return Person(self, signed_in.account.id, "amir@acme.example", PASSWORD, origin, signed_in)

    async def member(self, owner: Person, name: str = "Bea", role: Role = Role.MEMBER) -> Person:
        """Add a member and sign them in."""
        org_id = await self.org_id()
        email = f"{name.lower()}@acme.example"
        account_id = await self.services.founding.add_member(
            org_id, name, email, PASSWORD, role, owner.origin
        )
        origin = an_origin(source_ip="198.51.100.4")
        signed_in = await self.services.sign_in.begin(email, PASSWORD, origin)
        assert isinstance(signed_in, SignedIn)
        origin = replace(origin, device_secret=signed_in.device_secret)
        return Person(self, account_id, email, PASSWORD, origin, signed_in)

    async def org_ids(self, tx: Transaction) -> list[str]:
        """The organisations of the store."""
        rows = await tx.fetch("SELECT id FROM organisations ORDER BY id")
        return [str(row["id"]) for row in rows]

    async def org_id(self) -> str:
        """The first organisation."""
        async with self.store.read() as tx:
            return (await self.org_ids(tx))[0]

    async def mail(self) -> list[OutboxRecord]:
        """The mail that waits."""
        async with self.store.read() as tx:
            return list(await outbox_rows.list_waiting(tx))

    async def mail_of(self, kind: NoticeKind) -> OutboxRecord:
        """The one mail of a kind that waits."""
        (found,) = [mail for mail in await self.mail() if mail.kind == kind]
        return found

    async def mail_kinds(self) -> list[str]:
        """What kinds of mail wait, oldest first."""
        return [mail.kind for mail in await self.mail()]

    async def change_kinds(self) -> list[str]:
        """What the change feed tells, oldest first."""
        async with self.store.read() as tx:
            return [change.kind for change in await change_rows.after(tx, 0, 1000)]

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        async with self.store.read() as tx:
            row = await tx.fetch_one(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - a name of ours
        assert row is not None
        return int(str(row["n"]))

    async def dump(self) -> Dump:
        """Every row of every table, for comparing states."""
        async with self.store.read() as tx:
            is_file = self.store.url.startswith("sqlite:")
            tables = await tx.fetch(TABLES_OF_A_FILE if is_file else TABLES_OF_A_SERVER)
            found: dict[str, list[tuple[str, ...]]] = {}
            for table in tables:
                name = str(table["name"])
                rows = await tx.fetch(f"SELECT * FROM {name}")  # noqa: S608 - a name from the schema
                found[name] = sorted(tuple(map(repr, tuple(row))) for row in rows)  # type: ignore[arg-type]
            return found

    async def audit_is_whole(self) -> bool:
        """Whether every chain verifies."""
        async with self.store.read() as tx:
            chains = [head.org_id for head in await audit_rows.heads(tx)]
        verdicts = [await self.services.audit.verify(org_id) for org_id in chains]
        return all(verdict.is_whole for verdict in verdicts)
