"""Certificates for servers and their clients, made anew: an authority, and what it vouches for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, in files."""

    certificate: Path
    """The certificate."""
    key: Path
    """Its key, for its owner alone."""


class Authority:
    """Whoever vouches for names; its certificate is a file."""

    def __init__(self, directory: Path, name: str = "authority") -> None:
        """Make one whose files lie in `directory`."""
        self.directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"The {name} of the tests")])
        built = (
            self._builder(self._name, self._key.public_key(), -DAY, DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
        )
        self.file = directory / f"{name}.crt"
        """Its own certificate."""
        self.file.write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def vouch(
        self,
        *names: str,
        file: str = "server",
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        common: str = "",
    ) -> Pair:
        """Make a certificate for these names and addresses, good between two moments seen from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common or "somebody")])
        built = self._builder(subject, key.public_key(), begins, ends)
        built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if names:
            built = built.add_extension(x509.SubjectAlternativeName([_named(name) for name in names]), False)
        pair = Pair(self.directory / f"{file}.crt", self.directory / f"{file}.key")
        signed = built.sign(self._key, hashes.SHA256())
        pair.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        pair.key.touch(mode=0o600)
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair

    def revoke(self, pair: Pair) -> Path:
        """Write a list of what is good no more."""
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        now = datetime.now(UTC)
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
        listed = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(now - DAY)
            .next_update(now + DAY)
            .add_revoked_certificate(entry.revocation_date(now - DAY).build())
            .sign(self._key, hashes.SHA256())
        )
        path = self.directory / "revoked.crl"
        path.write_bytes(listed.public_bytes(serialization.Encoding.PEM))
        return path

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, begins: timedelta, ends: timedelta
    ) -> x509.CertificateBuilder:
        """Begin a certificate."""
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
        )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """What an authority's key is for."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.GeneralName:
    """A name or an address as a certificate holds it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
