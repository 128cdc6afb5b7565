"""Keys stand outside the store, in a file that only its owner reaches, and show nowhere."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from security import key_file
from security import keys as keys_module
from security.key_entries import (
    KeyPurpose,
    KeysMissing,
    KeysPresent,
    KeysReadOnly,
    KeysUnreadable,
    KeysUnsafe,
)
from security.keys import KeyRing, SealBroken, create_keyring, load_keyring

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HERE = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a key file may be made."""
    return tmp_path / "kept" / "keys.json"


def raw_keys(path: Path) -> list[bytes]:
    """The keys themselves, from the file."""
    return [base64.b64decode(row["key"]) for row in json.loads(path.read_bytes())["keys"]]


def test_a_new_ring_has_one_key_for_each_of_four_purposes(path: Path) -> None:
    ring = create_keyring(path, AT)
    assert repr(ring) == "KeyRing(totp-1, codes-1, names-1, audit-1)"
    assert len(set(raw_keys(path))) == 4
    assert all(len(key) == 32 for key in raw_keys(path))


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    os.umask(0)
    try:
        create_keyring(path, AT)
    finally:
        os.umask(0o022)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [child.name for child in path.parent.iterdir()] == ["keys.json"]


def test_keys_are_read_back_as_they_were_made(path: Path) -> None:
    made = create_keyring(path, AT)
    read = load_keyring(path)
    assert read.mac(KeyPurpose.CODES, b"x") == made.mac(KeyPurpose.CODES, b"x")
    assert read.unseal("a", *_parts(made, "a")) == b"secret"
    assert read.fingerprint() == made.fingerprint()


def _parts(ring: KeyRing, account_id: str) -> tuple[str, bytes]:
    """Key id and data of a sealed secret."""
    sealed = ring.seal(account_id, b"secret")
    return sealed.key_id, sealed.data


def test_a_key_file_is_never_written_over(path: Path) -> None:
    create_keyring(path, AT)
    before = path.read_bytes()
    with pytest.raises(KeysPresent, match=str(path)):
        create_keyring(path, AT)
    assert path.read_bytes() == before
    assert [child.name for child in path.parent.iterdir()] == ["keys.json"]


def test_missing_keys_are_not_replaced_by_new_ones(path: Path) -> None:
    with pytest.raises(KeysMissing, match=str(path)):
        load_keyring(path)
    assert not path.parent.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    create_keyring(path, AT)
    path.chmod(mode)
    with pytest.raises(KeysUnsafe, match=f"chmod 600 {path}"):
        load_keyring(path)


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_directory_that_others_can_enter_is_refused(path: Path, mode: int) -> None:
    create_keyring(path, AT)
    path.parent.chmod(mode)
    with pytest.raises(KeysUnsafe, match=f"chmod 700 {path.parent}"):
        load_keyring(path)
    path.unlink()
    with pytest.raises(KeysUnsafe):
        create_keyring(path, AT)


def test_a_link_in_the_place_of_the_file_is_refused(path: Path, tmp_path: Path) -> None:
    create_keyring(path, AT)
    path.rename(path.parent / "elsewhere")
    path.symlink_to("elsewhere")
    with pytest.raises(KeysUnreadable):
        load_keyring(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": 1}',
        b'{"format": 1, "keys": []}',
        b'{"format": 2, "keys": []}',
        b'{"format": 1, "keys": [1]}',
        b"x" * (1 << 21),
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence_without_its_content(path: Path, content: bytes) -> None:
    create_keyring(path, AT)
    path.write_bytes(content)
    with pytest.raises(KeysUnreadable, match=str(path)) as refused:
        load_keyring(path)
    assert len(str(refused.value)) < 200 + len(str(path))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "totp-2"),
        ("version", 0),
        ("version", True),
        ("purpose", "other"),
        ("key", "c2hvcnQ="),
        ("created_at", "x"),
        ("created_at", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_key_with_one_wrong_field_is_damage(path: Path, field: str, value: object) -> None:
    create_keyring(path, AT)
    document = json.loads(path.read_bytes())
    document["keys"][0][field] = value
    path.write_text(json.dumps(document))
    with pytest.raises(KeysUnreadable):
        load_keyring(path)


def test_a_file_without_one_of_the_four_is_damage(path: Path) -> None:
    create_keyring(path, AT)
    document = json.loads(path.read_bytes())
    del document["keys"][2]
    path.write_text(json.dumps(document))
    with pytest.raises(KeysUnreadable):
        load_keyring(path)


def test_a_credential_goes_before_the_file_and_cannot_be_rotated(path: Path, tmp_path: Path) -> None:
    create_keyring(path, AT)
    other = tmp_path / "other" / "keys.json"
    handed = create_keyring(other, AT)
    directory = tmp_path / "credentials"
    directory.mkdir(mode=0o750)
    (directory / "strongroom-keys").write_bytes(other.read_bytes())
    (directory / "strongroom-keys").chmod(0o440)
    ring = load_keyring(path, directory)
    assert ring.fingerprint() == handed.fingerprint()
    with pytest.raises(KeysReadOnly):
        ring.rotate(KeyPurpose.TOTP, AT)


def test_a_credential_for_everybody_is_refused(path: Path, tmp_path: Path) -> None:
    create_keyring(path, AT)
    (tmp_path / "strongroom-keys").write_bytes(path.read_bytes())
    (tmp_path / "strongroom-keys").chmod(0o444)
    with pytest.raises(KeysUnsafe):
        load_keyring(path, tmp_path)


def test_without_a_credential_the_file_is_asked(path: Path, tmp_path: Path) -> None:
    made = create_keyring(path, AT)
    assert load_keyring(path, tmp_path).fingerprint() == made.fingerprint()


def test_a_seal_opens_for_its_own_account_only(keys: KeyRing) -> None:
    key_id, data = _parts(keys, "account-a")
    assert keys.unseal("account-a", key_id, data) == b"secret"
    with pytest.raises(SealBroken):
        keys.unseal("account-b", key_id, data)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_seal_with_one_bit_changed_does_not_open(keys: KeyRing, place: int) -> None:
    key_id, data = _parts(keys, "a")
    broken = bytearray(data)
    broken[place] ^= 1
    with pytest.raises(SealBroken):
        keys.unseal("a", key_id, bytes(broken))


@pytest.mark.parametrize("data", [b"", b"x", b"x" * 12, b"x" * 27])
def test_a_seal_that_is_too_short_does_not_open(keys: KeyRing, data: bytes) -> None:
    with pytest.raises(SealBroken):
        keys.unseal("a", "totp-1", data)


def test_a_seal_under_another_ring_does_not_open(keys: KeyRing) -> None:
    with pytest.raises(SealBroken):
        KeyRing.generate(AT).unseal("a", *_parts(keys, "a"))
    with pytest.raises(SealBroken, match="totp-7"):
        keys.unseal("a", "totp-7", b"x" * 60)


def test_the_same_secret_is_sealed_under_a_new_nonce_each_time(keys: KeyRing) -> None:
    assert len({keys.seal("a", b"secret").data[:12] for _ in range(200)}) == 200


def test_every_purpose_has_a_key_of_its_own(keys: KeyRing) -> None:
    digests = {keys.mac(purpose, b"same").digest for purpose in (KeyPurpose.CODES, KeyPurpose.NAMES)}
    assert len(digests) == 2


def test_after_a_rotation_new_values_have_the_new_key_and_old_ones_are_still_found(keys: KeyRing) -> None:
    old_mac, old_seal, old_signature = keys.mac(KeyPurpose.CODES, b"x"), _parts(keys, "a"), keys.sign(b"m")
    for purpose in KeyPurpose:
        assert keys.rotate(purpose, AT) == f"{purpose}-2"
    assert keys.mac(KeyPurpose.CODES, b"x").key_id == "codes-2"
    assert keys.macs(KeyPurpose.CODES, b"x") == [keys.mac(KeyPurpose.CODES, b"x").digest, old_mac.digest]
    assert keys.seal("a", b"y").key_id == "totp-2"
    assert keys.unseal("a", *old_seal) == b"secret"
    assert keys.verify(old_signature.key_id, b"m", old_signature.signature)
    assert keys.sign(b"m").key_id == "audit-2"


def test_the_tenth_version_is_newer_than_the_ninth(keys: KeyRing) -> None:
    for _ in range(9):
        keys.rotate(KeyPurpose.TOTP, AT)
    assert keys.active_id(KeyPurpose.TOTP) == "totp-10"
    assert keys.ids(KeyPurpose.TOTP)[1] == "totp-9"


def test_a_rotation_is_in_the_file_before_it_is_used(path: Path) -> None:
    ring = create_keyring(path, AT)
    ring.rotate(KeyPurpose.TOTP, AT)
    assert load_keyring(path).unseal("a", *_parts(ring, "a")) == b"secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_rotation_by_another_process_is_seen_at_the_next_use(path: Path) -> None:
    here, there = create_keyring(path, AT), load_keyring(path)
    there.rotate(KeyPurpose.TOTP, AT)
    assert here.unseal("a", *_parts(there, "a")) == b"secret"
    assert here.active_id(KeyPurpose.TOTP) == "totp-2"


def test_a_running_process_keeps_its_keys_when_the_file_goes_or_is_damaged(path: Path) -> None:
    ring = create_keyring(path, AT)
    sealed = _parts(ring, "a")
    path.write_bytes(b"damage")
    assert ring.unseal("a", *sealed) == b"secret"
    path.unlink()
    assert ring.unseal("a", *sealed) == b"secret"


async def test_eight_processes_that_rotate_at_once_lose_no_key(path: Path) -> None:
    create_keyring(path, AT)
    code = (
        "import sys, pathlib, datetime\n"
        "from security.keys import load_keyring\nfrom security.key_entries import KeyPurpose\n"
        "ring = load_keyring(pathlib.Path(sys.argv[1]))\n"
        "ring.rotate(KeyPurpose.TOTP, datetime.datetime.now(datetime.UTC))\n"
    )
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(path), cwd=HERE)
        for _ in range(8)
    ]
    assert [await process.wait() for process in started] == [0] * 8
    assert load_keyring(path).ids(KeyPurpose.TOTP) == tuple(f"totp-{version}" for version in range(9, 0, -1))


def test_a_rotation_in_a_directory_without_room_leaves_the_old_keys(path: Path) -> None:
    create_keyring(path, AT)
    before = path.read_bytes()
    code = (
        "import sys, pathlib, datetime, resource, signal\n"
        "from security.keys import load_keyring\nfrom security.key_entries import KeyPurpose, KeysReadOnly\n"
        "ring = load_keyring(pathlib.Path(sys.argv[1]))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n    ring.rotate(KeyPurpose.TOTP, datetime.datetime.now(datetime.UTC))\n"
        "except KeysReadOnly:\n    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=HERE, check=False)
    assert done.returncode == 7
    assert path.read_bytes() == before
    assert [child.name for child in path.parent.iterdir()] == ["keys.json"]


def test_a_signature_stands_under_its_own_message_and_key_only(keys: KeyRing) -> None:
    made = keys.sign(b"message")
    assert keys.verify(made.key_id, b"message", made.signature)
    assert not keys.verify(made.key_id, b"another", made.signature)
    assert not keys.verify("audit-9", b"message", made.signature)
    assert not keys.verify("totp-1", b"message", made.signature)
    assert not keys.verify(made.key_id, b"message", b"short")
    assert not KeyRing.generate(AT).verify(made.key_id, b"message", made.signature)


def test_a_ring_knows_its_store_also_after_rotations(keys: KeyRing) -> None:
    known = keys.fingerprint()
    assert keys.is_ring_of(known)
    keys.rotate(KeyPurpose.NAMES, AT)
    assert keys.is_ring_of(known)
    assert not KeyRing.generate(AT).is_ring_of(known)


def test_a_ring_from_before_a_rotation_is_not_the_stores(path: Path, tmp_path: Path) -> None:
    ring = create_keyring(path, AT)
    copy = tmp_path / "copy"
    copy.mkdir(mode=0o700)
    (copy / "keys.json").write_bytes(path.read_bytes())
    (copy / "keys.json").chmod(0o600)
    ring.rotate(KeyPurpose.TOTP, AT)
    assert not load_keyring(copy / "keys.json").is_ring_of(ring.fingerprint())


@pytest.mark.parametrize("fingerprint", ["", "{}", "[]", "null", "{", '{"totp-1": 1}'])
def test_a_damaged_fingerprint_is_nobodys(keys: KeyRing, fingerprint: str) -> None:
    assert not keys.is_ring_of(fingerprint)


def test_no_key_is_in_any_repr_or_fingerprint(path: Path) -> None:
    ring = create_keyring(path, AT)
    shown = " ".join(
        [repr(ring), repr(vars(ring)), repr(ring.seal("a", b"canary")), ring.fingerprint(), repr(keys_module)]
    )
    for key in raw_keys(path):
        for form in (repr(key)[2:-1], key.hex(), base64.b64encode(key).decode()):
            assert form not in shown
    assert "canary" not in shown


def test_a_rotation_between_reading_the_file_and_using_the_ring_is_seen(path: Path) -> None:
    create_keyring(path, AT)
    entries = key_file.read(path)
    key_file.add(path, KeyPurpose.TOTP, AT)
    assert KeyRing(entries, path=path).active_id(KeyPurpose.TOTP) == "totp-2"


def test_a_rotation_by_somebody_else_is_seen_once_the_file_may_be_read(path: Path) -> None:
    ring = create_keyring(path, AT)
    load_keyring(path).rotate(KeyPurpose.TOTP, AT)
    path.chmod(0o644)
    assert ring.active_id(KeyPurpose.TOTP) == "totp-1"
    path.chmod(0o600)
    assert ring.active_id(KeyPurpose.TOTP) == "totp-2"


def test_a_running_process_never_takes_the_keys_of_another_store(path: Path, tmp_path: Path) -> None:
    ring = create_keyring(path, AT)
    sealed = ring.seal("amir", b"secret")
    other = tmp_path / "other" / "keys.json"
    create_keyring(other, AT)
    other.replace(path)
    assert ring.unseal("amir", sealed.key_id, sealed.data) == b"secret"
    again = ring.seal("amir", b"secret")
    with pytest.raises(SealBroken):
        load_keyring(path).unseal("amir", again.key_id, again.data)
