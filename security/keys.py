"""The key ring: what is sealed, keyed and signed with the four keys outside the store (R037, R042, R118)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from security import key_file
from security.key_entries import KeyEntry, KeyPurpose, KeysFault, KeysReadOnly, new_entry

KEYS_FACT = "key_fingerprint"
"""The store's fact that tells which ring is its own."""

NONCE_BYTES = 12
"""AES-GCM's 96-bit nonce."""


class KeysNotOfStore(KeysFault):
    """The ring lacks a key that the store was written with."""


class SealBroken(KeysFault):
    """A sealed value does not open: altered, moved to another account, or sealed with a key that is gone."""


class KeyNotHere(SealBroken):
    """The key is not in the ring: another machine has rotated it, and its file was not copied here yet."""


@dataclass(frozen=True, slots=True)
class Mac:
    """An HMAC and the key that made it."""

    key_id: str
    digest: bytes
    """32 bytes, HMAC-SHA-256."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value and the key that opens it."""

    key_id: str
    data: bytes = field(repr=False)
    """Nonce, ciphertext and tag, AES-256-GCM."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the key whose public half checks it."""

    key_id: str
    signature: bytes
    """64 bytes, Ed25519."""


class KeyRing:
    """Every version of the four keys. A ring of a file follows the file when that is replaced."""

    def __init__(
        self, entries: Sequence[KeyEntry], *, path: Path | None = None, is_read_only: bool = False
    ) -> None:
        self._entries = tuple(entries)
        self._path = path
        self._is_read_only = is_read_only
        self._seen: tuple[int, ...] | None = None
        """The file as it was when it was last read here; None until then, since it may have been replaced
        after its entries were handed in."""

    @classmethod
    def generate(cls, at: datetime) -> KeyRing:
        """A new ring in memory, one key a purpose: for tests and the demo."""
        return cls(_first_entries(at))

    def __repr__(self) -> str:
        """The ids only."""
        return f"KeyRing({', '.join(entry.id for entry in self._entries)})"

    def active_id(self, purpose: KeyPurpose) -> str:
        """The id of the key that new values of the purpose are made with."""
        return self._of(purpose)[0].id

    def ids(self, purpose: KeyPurpose) -> tuple[str, ...]:
        """The ids of all keys of the purpose, newest first."""
        return tuple(entry.id for entry in self._of(purpose))

    def mac(self, purpose: KeyPurpose, data: bytes) -> Mac:
        """HMAC-SHA-256 under the newest key of the purpose."""
        entry = self._of(purpose)[0]
        return Mac(entry.id, _hmac(entry.key, data))

    def macs(self, purpose: KeyPurpose, data: bytes) -> list[bytes]:
        """HMAC-SHA-256 under every key of the purpose, newest first: for look-ups after a rotation."""
        return [_hmac(entry.key, data) for entry in self._of(purpose)]

    def seal(self, account_id: str, plain: bytes) -> Sealed:
        """Seal a secret of an authenticator, bound to its account and purpose (R037)."""
        entry = self._of(KeyPurpose.TOTP)[0]
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(entry.id, nonce + AESGCM(entry.key).encrypt(nonce, plain, _bound_to(account_id)))

    def unseal(self, account_id: str, key_id: str, data: bytes) -> bytes:
        """Open what `seal` made for the same account.

        Raises:
            KeyNotHere: its key is not in the ring.
            SealBroken: it was altered, or belongs to another account.
        """
        for entry in self._of(KeyPurpose.TOTP):
            if entry.id == key_id:
                try:
                    return AESGCM(entry.key).decrypt(
                        data[:NONCE_BYTES], data[NONCE_BYTES:], _bound_to(account_id)
                    )
                except (InvalidTag, ValueError):
                    raise SealBroken(f"A sealed secret does not open with key {key_id}.") from None
        raise KeyNotHere(f"The key {key_id} of a sealed secret is not in the ring.")

    def sign(self, message: bytes) -> Signature:
        """Sign with the newest audit key (Ed25519)."""
        entry = self._of(KeyPurpose.AUDIT)[0]
        return Signature(entry.id, Ed25519PrivateKey.from_private_bytes(entry.key).sign(message))

    def verify(self, key_id: str, message: bytes, signature: bytes) -> bool:
        """Whether a signature of that audit key stands under the message; an unknown key says no."""
        public = self.public_key(key_id)
        if public is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def public_key(self, key_id: str) -> bytes | None:
        """The public half of an audit key, 32 raw bytes, or None where the ring has no such key."""
        for entry in self._of(KeyPurpose.AUDIT):
            if entry.id == key_id:
                private = Ed25519PrivateKey.from_private_bytes(entry.key)
                return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return None

    def fingerprint(self) -> str:
        """What a store keeps to know its own ring: each key's id and 64 bits that tell nothing of it."""
        return json.dumps({entry.id: _print_of(entry) for entry in self._current()}, sort_keys=True)

    def is_ring_of(self, fingerprint: str) -> bool:
        """Whether this ring holds every key of a stored fingerprint; newer keys do no harm."""
        try:
            wanted = json.loads(fingerprint)
        except ValueError:
            return False
        own = {entry.id: _print_of(entry) for entry in self._current()}
        return (
            isinstance(wanted, dict)
            and bool(wanted)
            and all(own.get(key) == value for key, value in wanted.items())
        )

    def lacking(self, fingerprint: str) -> tuple[str, ...] | None:
        """The ids of a stored fingerprint whose keys are not here; None where not one of them is.

        Where it has no key of it at all, a ring is that of another store and no older copy.
        """
        wanted = json.loads(fingerprint)
        own = {entry.id: _print_of(entry) for entry in self._current()}
        missing = tuple(sorted(key for key, value in wanted.items() if own.get(key) != value))
        return None if len(missing) == len(wanted) else missing

    @property
    def newest_at(self) -> datetime:
        """When the newest of its keys was made."""
        return max(entry.created_at for entry in self._current())

    def rotate(self, purpose: KeyPurpose, at: datetime) -> str:
        """Add a new key, first to the file and then here; the old ones stay for what they made.

        Raises:
            KeysReadOnly: the keys are a credential or their directory cannot be written.
            KeysMissing, KeysUnsafe, KeysUnreadable: the file is not as it was left.
        """
        if self._is_read_only:
            raise KeysReadOnly(
                f"The keys at {self._path} are handed over read-only; rotate them where they come from."
            )
        if self._path is not None:
            self._entries = key_file.add(self._path, purpose, at)
            self._seen = None
        else:
            version = self._of(purpose)[0].version + 1
            self._entries = (*self._entries, new_entry(purpose, version, at))
        return self._of(purpose)[0].id

    def _of(self, purpose: KeyPurpose) -> list[KeyEntry]:
        """The keys of one purpose, newest first."""
        found = [entry for entry in self._current() if entry.purpose is purpose]
        return sorted(found, key=lambda entry: entry.version, reverse=True)

    def _current(self) -> tuple[KeyEntry, ...]:
        """The entries, read anew where another process has replaced the file.

        A file that went away, is damaged or lacks a key that is in use stops the next start; a running
        process keeps what it has: nothing is sealed with the keys of another store.
        """
        stamp = _stamp(self._path)
        if self._path is not None and stamp is not None and stamp != self._seen:
            self._seen = stamp
            try:
                found = _read(self._path, is_read_only=self._is_read_only)
            except KeysFault:
                return self._entries
            if set(self._entries) <= set(found):
                self._entries = found
        return self._entries


def create_keyring(path: Path, at: datetime) -> KeyRing:
    """Make a new ring, one key a purpose, and its file.

    Raises:
        KeysPresent: a file of that name exists.
        KeysUnsafe: its directory is open to others.
        KeysReadOnly: it cannot be written.
    """
    entries = _first_entries(at)
    key_file.create(path, entries)
    return KeyRing(entries, path=path)


def load_keyring(path: Path, credentials_directory: Path | None = None) -> KeyRing:
    """The ring of a key file or, where a service manager hands one over, of its credential (read-only).

    `credentials_directory` is what $CREDENTIALS_DIRECTORY names; the file is asked where it holds no keys.

    Raises:
        KeysMissing: there are none; no new ones are made.
        KeysUnsafe: others can reach them.
        KeysUnreadable: they cannot be read or are damaged.
    """
    if credentials_directory is not None:
        credential = credentials_directory / key_file.CREDENTIAL_NAME
        if credential.exists():
            return KeyRing(
                key_file.read_credential(credentials_directory), path=credential, is_read_only=True
            )
    return KeyRing(key_file.read(path), path=path)


def _read(path: Path, *, is_read_only: bool) -> tuple[KeyEntry, ...]:
    """The entries from where the ring came."""
    return key_file.read_credential(path.parent) if is_read_only else key_file.read(path)


def _first_entries(at: datetime) -> tuple[KeyEntry, ...]:
    """Version one of each key."""
    return tuple(new_entry(purpose, 1, at) for purpose in KeyPurpose)


def _stamp(path: Path | None) -> tuple[int, ...] | None:
    """What tells one content, owner and mode of the file from another; None where there is no file."""
    if path is None:
        return None
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)


def _hmac(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.new(key, data, hashlib.sha256).digest()


def _print_of(entry: KeyEntry) -> str:
    """64 bits that name a key and tell nothing of it."""
    return _hmac(entry.key, b"strongroom key fingerprint")[:8].hex()


def _bound_to(account_id: str) -> bytes:
    """What a sealed secret is bound to: account and purpose."""
    return b"\x00".join((b"strongroom", KeyPurpose.TOTP.value.encode(), account_id.encode()))
