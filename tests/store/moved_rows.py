"""Rows of every shape in every table, and moving and reading them as tests do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from store import changes, frozen
from store.ids import new_id
from store.moving.copying import Compared, Step
from store.moving.moves import moving
from store.moving.tables import TABLES
from store.rows import Value
from store.store import Store, open_store
from store.times import from_micros
from store.transaction import Transaction
from tests.store.samples import NOW, writing

TEXTS = (
    "",
    "plain",
    "ünïcödé 漢字 🗝 e\u0301",
    'it\'s "quoted" \\N \\ back\nline\r\ttab',
    "\x01\x1b[31m\x7f\x85\u202e\ufeff",
    "x" * 10_000,
)
"""Texts that one engine or the other might change on the way."""
NUMBERS = (0, 1, -1, 2**63 - 1, -(2**63), 2**31)
BLOBS = (b"", bytes(range(256)), b"\\x00", b"\0\0")


async def insert(tx: Transaction, table: str, **cells: Value) -> None:
    """Insert one row."""
    names = ", ".join(cells)
    values = ", ".join(f":{name}" for name in cells)
    await tx.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", **cells)  # noqa: S608


def text(number: int) -> str:
    """A text of some shape."""
    return TEXTS[number % len(TEXTS)]


def micros(number: int) -> int:
    """A number of some size."""
    return NUMBERS[number % len(NUMBERS)]


def blob(number: int) -> bytes:
    """Bytes of some shape that no other number has."""
    return BLOBS[number % len(BLOBS)] + number.to_bytes(4, "big")


async def fill(store: Store, count: int = 13) -> None:
    """Put rows of every shape into every table."""
    for number in range(count):
        async with writing(store) as tx:
            await _people(tx, number)
            await _sign_ins(tx, number)
            await insert(tx, "store_facts", name=f"fact {number} {text(number)}", value=text(number))
            await changes.append(tx, from_micros(number), text(number), *_maybe(number))
    await _events(store, count)


def _maybe(number: int) -> tuple[str | None, str | None, str | None]:
    """Three texts, some of which are not there."""
    return (
        text(number) if number % 2 else None,
        text(number + 1) if number % 3 else None,
        text(number + 2) if number % 4 else None,
    )


async def _people(tx: Transaction, number: int) -> None:
    """Organisations, accounts, second factors, devices."""
    org, who = f"org {number}", f"who {number} {text(number)}"
    absent = number % 2 == 0
    await insert(
        tx, "organisations", id=org, name=text(number), short_name=text(number + 1), created_at=micros(number)
    )
    await insert(
        tx,
        "policies",
        org_id=org,
        version=2**63 - 1 if number else 1,
        document=text(number),
        updated_at=micros(number),
        updated_by=None if absent else text(number),
    )
    await insert(
        tx,
        "accounts",
        id=who,
        org_id=org,
        email=text(number),
        email_canonical=f"{number}{text(number)}",
        name=text(number + 1),
        role=("owner", "admin", "member")[number % 3],
        status=("active", "suspended", "removed")[number % 3],
        appearance=text(number),
        password_hash=None if absent else text(number),
        password_changed_at=None if absent else micros(number),
        breach_outcome=text(number),
        created_at=micros(number),
        last_sign_in_at=micros(number) if absent else None,
        session_lifetime=None if absent else 2**63 - 1,
        must_enrol=absent,
    )
    await insert(
        tx,
        "totp_secrets",
        account_id=who,
        sealed=blob(number),
        key_id=text(number),
        last_step=micros(number),
        consecutive_failures=number,
        enrolled_at=micros(number),
    )
    await insert(
        tx,
        "totp_enrolments",
        account_id=who,
        id=f"e{number}",
        session_id=text(number),
        sealed=blob(number),
        key_id=text(number),
        created_at=micros(number),
        expires_at=micros(number),
    )
    await insert(
        tx,
        "recovery_batches",
        id=f"b{number}",
        account_id=who,
        size=8 + number % 9,
        created_at=micros(number),
        acknowledged_at=None if absent else micros(number),
        voided_at=micros(number) if absent else None,
    )
    await insert(
        tx,
        "recovery_codes",
        id=f"c{number}",
        batch_id=f"b{number}",
        account_id=who,
        mac=blob(number),
        key_id=text(number),
        used_at=None if absent else micros(number),
    )
    await insert(
        tx,
        "devices",
        id=f"d{number}",
        account_id=who,
        secret_hash=blob(number),
        client=text(number),
        first_seen_at=micros(number),
        last_seen_at=micros(number),
        name=None if absent else text(number),
    )


async def _sign_ins(tx: Transaction, number: int) -> None:
    """Sessions, half sign-ins, tries, locks, mail."""
    org, who = f"org {number}", f"who {number} {text(number)}"
    absent = number % 2 == 0
    await insert(
        tx,
        "sessions",
        id=f"s{number}",
        account_id=who,
        org_id=org,
        token_hash=blob(number),
        device_id=None if absent else f"d{number}",
        client=text(number),
        source_ip=text(number),
        network=text(number),
        city=None if absent else text(number),
        country=text(number) if absent else None,
        is_new_device=number % 2,
        is_new_network=0,
        is_kept=1,
        methods=text(number),
        created_at=micros(number),
        authenticated_at=micros(number),
        last_active_at=micros(number),
        expires_at=micros(number),
        locked_at=None if absent else micros(number),
        ended_at=micros(number) if absent else None,
        end_reason=text(number) if absent else None,
        is_new_country=number % 2,
    )
    await insert(
        tx,
        "half_sign_ins",
        id=f"h{number}",
        token_hash=blob(number),
        connection_hash=blob(number),
        account_id=who,
        device_id=None if absent else text(number),
        failures=number,
        created_at=micros(number),
        expires_at=micros(number),
        spent_at=None if absent else micros(number),
    )
    await insert(tx, "attempts", id=f"t{number // 2}", counter=blob(number), at=micros(number))
    await insert(tx, "locks", counter=blob(number // 2), span=micros(number % 2), until=micros(number))
    await insert(
        tx,
        "outbox",
        id=f"o{number}",
        account_id=None if absent else who,
        address=text(number),
        kind=text(number),
        facts=text(number),
        created_at=micros(number),
        sent_at=None if absent else micros(number),
    )


async def _events(store: Store, count: int) -> None:
    """Two chains of the audit, each with a checkpoint."""
    for org in ("org 0", "org 1"):
        async with writing(store) as tx:
            last = b""
            for seq in range(1, count + 1):
                last = await _event(tx, org, seq, last)
            await insert(
                tx, "audit_chains", org_id=org, seq=count, hash=last, checkpoint_seq=count, checkpoint_at=7
            )
            await insert(
                tx,
                "audit_checkpoints",
                org_id=org,
                seq=count,
                at=micros(count),
                hash=last,
                kind="regular",
                key_id="audit-1",
                signature=bytes(range(64)),
            )


async def _event(tx: Transaction, org: str, seq: int, last: bytes) -> bytes:
    """One event of a chain; gives its hash."""
    actor, subject, session = _maybe(seq)
    digest = hashlib.sha256(last + b"%d" % seq).digest()
    await insert(
        tx,
        "audit_events",
        org_id=org,
        seq=seq,
        id=f"{org} {seq}",
        at=seq * 86_400_000_000,
        name=text(seq),
        actor_id=actor,
        subject_id=subject,
        session=session,
        source_ip=text(seq),
        client=text(seq),
        outcome=("success", "failure")[seq % 2],
        reason=text(seq),
        node=text(seq),
        details=text(seq),
        prev_hash=last,
        hash=digest,
    )
    return digest


async def held(url: str, **how: str) -> dict[str, list[tuple[object, ...]]]:
    """Read every table whole, through the store, but for the facts that are of one side alone."""
    store = await open_store(url, **how)  # type: ignore[arg-type]
    found = {}
    async with store.read() as tx:
        for table in TABLES:
            key = ", ".join(table.key)
            rows = await tx.fetch(f"SELECT * FROM {table.name} ORDER BY {key}")  # noqa: S608
            found[table.name] = [
                tuple(row[name] for name in sorted(row.keys()) if name != "entry")  # type: ignore[attr-defined]
                for row in rows
                if table.name != "store_facts" or row["name"] not in frozen.MARKS
            ]
    await store.close()
    return found


def silent(_: Step) -> None:
    """Hear of no step."""


async def move(source: str, target: str, tell: object = silent) -> Sequence[Compared]:
    """Move a store from beginning to end, or go on, and give what was compared."""
    async with moving(source, target, place_of(target), new_id(NOW)) as under_way:
        compared: Sequence[Compared] = ()
        if not under_way.is_finished:
            compared = await under_way.fill(tell)  # type: ignore[arg-type]
            await under_way.prepare_to_leave()
            store = await open_store(target, unfinished="move")
            async with writing(store) as tx:
                await under_way.let_in(tx)
            await store.close()
        await under_way.leave()
    return compared


def place_of(url: str) -> str:
    """What people are told of a URL."""
    if url.startswith("sqlite:"):
        return url.removeprefix("sqlite://")
    from store.postgresql.address import address_of

    return address_of(url).place
