"""The token of a time stamp (RFC 3161): what it was put on, when, and by whom it was signed.

The signature is held against the certificate that came with it. Whether that is of somebody to be trusted takes a list
of such, which is not at hand here; ``openssl ts -verify -data FILE -in TOKEN -CAfile CERTIFICATE`` tells it.
"""

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_STATES = bytes.fromhex("060b2a864886f70d0109100104")  # id-ct-TSTInfo
_DIGEST = bytes.fromhex("06092a864886f70d010904")  # of what is signed, among the signed attributes
_HASHES = {
    bytes.fromhex("0609608648016503040201"): ("sha256", hashes.SHA256()),
    bytes.fromhex("0609608648016503040202"): ("sha384", hashes.SHA384()),
    bytes.fromhex("0609608648016503040203"): ("sha512", hashes.SHA512()),
}
_SHA256 = next(iter(_HASHES))
_CONTEXT, _OCTETS, _SEQUENCE, _SET, _TIME = 0xA0, 0x04, 0x30, 0x31, 0x18


@dataclass(frozen=True)
class Stamp:
    """SHA-256 of the file that a token was put on, the day, and who signed; '' where it came without certificate."""

    sha256: str
    day: date
    signer: str


def read(token: bytes) -> Stamp | None:
    """Read a token; None of what is none, and of one whose signature is not that of its certificate.

    Parameters
    ----------
    token
        The bytes of a token, or of the answer that it came in.

    Examples
    --------
    >>> read(b"") is None
    True
    """
    try:
        signed = _inside(token[token.index(_SIGNED) + len(_SIGNED) :], _CONTEXT, _SEQUENCE)
        parts = [*_parts(signed)]
        states = next(held for tag, held, _ in parts if tag == _SEQUENCE)
        info = _inside(states[len(_STATES) :], _CONTEXT, _OCTETS)
        certificates = [whole for tag, held, _ in parts if tag == _CONTEXT for _, _, whole in _parts(held)]
        signer = _signer(_inside(parts[-1][1], _SEQUENCE), info, certificates)
        stamp = _stamp(_inside(info, _SEQUENCE), signer or "")
    except (ValueError, StopIteration, IndexError, UnsupportedAlgorithm, x509.InvalidVersion, UserWarning):
        return None
    return stamp if states.startswith(_STATES) and signer is not None else None


def _stamp(info: bytes, signer: str) -> Stamp:
    _, _, put_on, _, time, *_ = _parts(info)
    kind, digest, *_ = _parts(put_on[1])
    if _SHA256 not in kind[1] or digest[0] != _OCTETS or len(digest[1]) != 32 or time[0] != _TIME:
        raise ValueError("no SHA-256 with a time")
    moment = datetime.strptime(time[1].decode("ascii")[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Stamp(digest[1].hex(), moment.date(), signer)


def _signer(signer: bytes, info: bytes, certificates: list[bytes]) -> str | None:
    _, _, kind, attributes, _, signature, *_ = _parts(signer)
    name, algorithm = next(found for oid, found in _HASHES.items() if oid in kind[2])
    said = hashlib.new(name, info).digest()
    if attributes[0] != _CONTEXT or said not in [held for at, held in _attributes(attributes[1]) if at == _DIGEST]:
        return None
    whole = bytes([_SET]) + attributes[2][1:]  # (it is signed as the set that it stands for)
    known = [_certificate(each) for each in certificates]
    names = (_subject(each) for each in known if _is_of(each, signature[1], whole, algorithm))
    return next(names, None) if known else ""


def _attributes(held: bytes) -> Iterator[tuple[bytes, bytes]]:
    for _, attribute, _ in _parts(held):
        (_, _, kind), (_, values, _) = _parts(attribute)
        yield kind, next(_parts(values))[1]


def _is_of(certificate: x509.Certificate, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _certificate(data: bytes) -> x509.Certificate:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # (of what will be refused by and by)
        return x509.load_der_x509_certificate(data)


def _subject(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _inside(data: bytes, *tags: int) -> bytes:
    for tag in tags:
        found, data, _ = next(_parts(data))
        if found != tag:
            raise ValueError(tag)
    return data


def _parts(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at < len(data):
        size, begin = data[at + 1], at + 2
        if size >= 0x80:
            begin += size - 0x80
            size = int.from_bytes(data[at + 2 : begin], "big")
        if begin + size > len(data):
            raise ValueError("too short")
        yield data[at], data[begin : begin + size], data[at : begin + size]
        at = begin + size
