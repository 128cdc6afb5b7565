"""Tokens: 256 random bits that a person holds, of which the store keeps only the SHA-256 (R048)."""

from __future__ import annotations

import hashlib
import secrets

from security.facts import Secret

TOKEN_BYTES = 32
"""256 bits, twice what ASVS 7.2.3 asks."""


def new_token() -> Secret:
    """Make a token: 43 characters of the URL-safe base64 alphabet."""
    return Secret(secrets.token_urlsafe(TOKEN_BYTES))


def token_hash(token: Secret) -> bytes:
    """What the store keeps of a token; a plain hash is enough, since nobody can guess 256 bits."""
    return hashlib.sha256(token.reveal.encode("utf-8", "surrogatepass")).digest()


def session_mark(session_id: str) -> str:
    """The session as the audit names it: the first 16 hex digits of the hash of its id (R073)."""
    return hashlib.sha256(session_id.encode()).hexdigest()[:16]
