"""TLS towards a server: which authorities are believed, and what is said of a server that is not.

The context is made here alone: the driver's own way from `sslmode` to a context reads the environment.
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from store.errors import BadPermissions, Unavailable

SYSTEM = "system"
"""Names the authorities that the operating system believes."""

_OTHER_NAME = (62, 63, 64)
_TOO_EARLY = 9
_TOO_LATE = 10
_UNKNOWN_AUTHORITY = (2, 7, 18, 19, 20, 21, 27)
_REVOKED = 23
_NO_LIST_OF_REVOKED = (3, 12)


def context_of(paths: Mapping[str, str]) -> ssl.SSLContext:
    """Make the context: TLS 1.2 or newer, the certificate and its name checked. It reads files.

    Raises Unavailable where a file that was named cannot be used, BadPermissions where others can
    read our key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # with check_hostname and CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["postgresql"])
    root = root_file(paths)
    if root == SYSTEM:
        _believe_the_system(context)
    else:
        _load(context, root, "authorities (sslrootcert)")
    revoked = paths.get("sslcrl") or _default("root.crl")
    if revoked:
        _load(context, revoked, "revoked certificates (sslcrl)")
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    certificate = paths.get("sslcert") or _default("postgresql.crt")
    if certificate:
        _show(context, certificate, paths.get("sslkey") or str(_private("postgresql.key")))
    return context


def root_file(paths: Mapping[str, str]) -> str:
    """Tell which file of authorities is believed, or that it is the system's."""
    return paths.get("sslrootcert") or _default("root.crt") or SYSTEM


def _private(name: str) -> Path:
    """A file where PostgreSQL's own programs look for it."""
    return Path.home() / ".postgresql" / name


def _default(name: str) -> str:
    """The same where it is there, else nothing."""
    path = _private(name)
    return str(path) if path.exists() else ""


def _believe_the_system(context: ssl.SSLContext) -> None:
    """Load the system's authorities from where they were built to lie, whatever the environment names."""
    places = ssl.get_default_verify_paths()
    file, directory = Path(places.openssl_cafile), Path(places.openssl_capath)
    if file.exists() or directory.exists():
        context.load_verify_locations(
            cafile=file if file.exists() else None, capath=directory if directory.exists() else None
        )


def _load(context: ssl.SSLContext, path: str, what: str) -> None:
    """Load a file of certificates or of revoked ones."""
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise Unavailable(f"The file {quote(path)} of {what} holds none that can be read.") from None
    except OSError as error:
        reason = (
            "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        )
        raise Unavailable(
            f"The file {quote(path)} of {what} {reason}, so nobody can tell whether the server is"
            " the right one."
        ) from None


def _show(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Load the certificate by which we prove to the server who we are."""
    try:
        found = os.stat(key)
        allowed = stat.S_IRWXU | (stat.S_IRGRP if found.st_uid == 0 and os.geteuid() else 0)
        if stat.S_IMODE(found.st_mode) & ~allowed:
            raise BadPermissions(
                f"The key {key} can be read or changed by others. Mend it with: chmod 600 {quote(key)}"
            )
        context.load_cert_chain(certificate, key, password=lambda: "")  # never asked for at the terminal
    except ssl.SSLError:
        raise Unavailable(
            f"The certificate {quote(certificate)} and the key {quote(key)} cannot be used:"
            " they are not a pair in PEM, or the key is encrypted."
        ) from None
    except OSError as error:
        named = quote(str(error.filename or certificate))
        raise Unavailable(
            f"{named}, by which we prove who we are, cannot be read: {error.strerror}."
        ) from None


def distrust(error: ssl.SSLError, host: str, root: str) -> str:
    """Say in words why a server is not believed."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} and this program agree on no TLS of version 1.2 or newer"
    if error.verify_code in _OTHER_NAME:
        return f"the certificate of {host} is for another name"
    if error.verify_code in _UNKNOWN_AUTHORITY:
        believed = "the system's authorities" if root == SYSTEM else f"an authority in {quote(root)}"
        return f"the certificate of {host} is not from {believed}"
    if error.verify_code in _NO_LIST_OF_REVOKED:
        return f"the list of revoked certificates for {host} is missing or too old"
    return {
        _TOO_EARLY: f"the certificate of {host} is not good yet",
        _TOO_LATE: f"the certificate of {host} has expired",
        _REVOKED: f"the certificate of {host} was revoked",
    }.get(error.verify_code, f"the certificate of {host} is not sound ({error.verify_message})")
