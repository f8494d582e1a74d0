"""Time stamps (RFC 3161) on anything, of any day, signed by an office made up for the moment."""

import datetime
import hashlib
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OFFICE = "Et opdigtet tidsstempel"
BEGINS, ENDS = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2020, 2040))
SHA256 = bytes.fromhex("300d06096086480165030402010500")
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")


@cache
def office() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A key and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, OFFICE)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1).not_valid_before(BEGINS)
    signed = made.not_valid_after(ENDS).sign(key, hashes.SHA256())
    return key, signed.public_bytes(serialization.Encoding.DER)


def der(tag: int, *held: bytes) -> bytes:
    """One element."""
    whole = b"".join(held)
    size = len(whole).to_bytes(2, "big")
    return bytes([tag, len(whole)]) + whole if len(whole) < 0x80 else bytes([tag, 0x82]) + size + whole


def token(data: bytes, day: datetime.date, *, certificate: bool = True) -> bytes:
    """A token on these bytes, as a service would have sent it on that day."""
    key, own = office()
    put_on = der(0x30, SHA256, der(0x04, hashlib.sha256(data).digest()))
    moment = der(0x18, f"{day:%Y%m%d}120000Z".encode())
    info = der(0x30, b"\x02\x01\x01", bytes.fromhex("06032a0304"), put_on, b"\x02\x01\x07", moment)
    digest = der(0x30, bytes.fromhex("06092a864886f70d010904"), der(0x31, der(0x04, hashlib.sha256(info).digest())))
    signature = key.sign(der(0x31, digest), ec.ECDSA(hashes.SHA256()))
    by = der(0x30, der(0x30), b"\x02\x01\x01")
    signer = der(0x30, b"\x02\x01\x01", by, SHA256, der(0xA0, digest), SHA256, der(0x04, signature))
    states = der(0x30, TST_INFO, der(0xA0, der(0x04, info)))
    held = [der(0xA0, own)] if certificate else []
    signed = der(0x30, b"\x02\x01\x03", der(0x31, SHA256), states, *held, der(0x31, signer))
    return der(0x30, bytes.fromhex("06092a864886f70d010702"), der(0xA0, signed))
