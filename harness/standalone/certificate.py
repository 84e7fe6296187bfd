"""A certificate of the gateway's own, for clients that may only speak TLS."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CERTIFICATE = "certificate.pem"
KEY = "key.pem"
VALID = timedelta(days=30)
CLOCKS_APART = timedelta(hours=1)
"""How far behind ours a client's clock may be."""


def make_certificate(folder: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """Write a self-signed certificate and its key, which only its owner may read.

    Args:
        folder: Where `certificate.pem` and `key.pem` go; neither may be there.
        names: What clients call the server: DNS names and IP addresses.

    Returns:
        Paths of certificate and key.

    Raises:
        OSError: a file cannot be made.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, secret = folder / CERTIFICATE, folder / KEY
    _write(secret, 0o600, _pem(key))
    _write(certificate, 0o644, _sign(key, names).public_bytes(serialization.Encoding.PEM))
    return certificate, secret


def _sign(key: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "livekit-harness gateway")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(list(map(_alternative, names))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, mode: int, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
