"""Signatures of packages, in the form of ``ssh-keygen -Y sign`` (SSHSIG), with Ed25519 keys alone.

A signature shows that who has the key has seen just these bytes; whose key it is, the params say.
"""

import base64
import hashlib
import re
import struct

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

NAMESPACE = "jobreport"
_KIND, _MAGIC, _HASH = b"ssh-ed25519", b"SSHSIG", b"sha512"
_HEAD = _MAGIC + struct.pack(">I", 1)
_ARMOUR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]{1,2000})-----END SSH SIGNATURE-----\n")


def fingerprint(key: str) -> str:
    """Return the short name of a public key, as ``ssh-keygen -l`` prints it.

    Examples
    --------
    >>> fingerprint(f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 43}")
    'SHA256:kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk'
    """
    held = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(held).decode().rstrip('=')}"


def sign(data: bytes, private: bytes) -> bytes:
    """Sign bytes with an OpenSSH private key; the same bytes each time.

    Parameters
    ----------
    data
        What is signed.
    private
        The key's file, without a password: reading one with takes another library.

    Raises
    ------
    ValueError
        If it is no such key.
    """
    try:
        key = load_ssh_private_key(private, None)
    except (TypeError, UnsupportedAlgorithm):  # it has a password, or is of no kind that is known
        raise ValueError("key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("key")
    public = base64.b64decode(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1])
    signature = _part(_KIND) + _part(key.sign(_signed(data, NAMESPACE.encode())))
    blob = _HEAD + b"".join(map(_part, (public, NAMESPACE.encode(), b"", _HASH, signature)))
    text = base64.b64encode(blob)
    lines = b"".join(text[start : start + 70] + b"\n" for start in range(0, len(text), 70))
    return b"-----BEGIN SSH SIGNATURE-----\n" + lines + b"-----END SSH SIGNATURE-----\n"


def signer(data: bytes, signature: bytes) -> str:
    """Return the public key that bytes were signed with.

    Raises
    ------
    ValueError
        If the signature is of other bytes, for another use, or none.
    """
    armoured = _ARMOUR.fullmatch(signature.replace(b"\r\n", b"\n"))
    blob = base64.b64decode(armoured[1], validate=False) if armoured else b""
    if not blob.startswith(_HEAD):
        raise ValueError("signature")
    public, namespace, _, hashed, signed = _parts(blob[len(_HEAD) :], 5)
    (kind, key), (also, found) = _parts(public, 2), _parts(signed, 2)
    if (namespace, hashed, kind, also) != (NAMESPACE.encode(), _HASH, _KIND, _KIND):
        raise ValueError("signature")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(found, _signed(data, namespace))
    except InvalidSignature:
        raise ValueError("signature") from None
    return f"{_KIND.decode()} {base64.b64encode(public).decode()}"


def _signed(data: bytes, namespace: bytes) -> bytes:
    return _MAGIC + b"".join(map(_part, (namespace, b"", _HASH, hashlib.sha512(data).digest())))


def _part(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _parts(data: bytes, count: int) -> list[bytes]:
    found = []
    for _ in range(count):
        size = int.from_bytes(data[:4])
        found.append(data[4 : 4 + size])
        if len(found[-1]) != size or len(data) < 4:
            raise ValueError("signature")
        data = data[4 + size :]
    if data:
        raise ValueError("signature")
    return found
