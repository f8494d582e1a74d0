"""Signatures of packages: as ssh-keygen makes and checks them, and of nothing but what was signed."""

import json
import shutil
import subprocess
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import InputRefused
from jobreport.intake.checks import comparable, packages
from jobreport.intake.formats import package as contract
from jobreport.intake.formats import signature
from jobreport.make import package
from jobreport.prepare import gather
from jobreport.setup.params_model import Signer


def drawn(seed=b"1"):
    return Ed25519PrivateKey.from_private_bytes(32 * seed)


def private(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def public(key):
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def test_a_signature_names_its_key_and_is_the_same_each_time():
    signed = signature.sign(b"figures", private(drawn()))
    assert signed == signature.sign(b"figures", private(drawn()))
    assert signature.signer(b"figures", signed) == public(drawn())


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="there is no ssh-keygen")
def test_ssh_keygen_checks_our_signature_and_we_check_its(tmp_path):
    key, message = tmp_path / "key", tmp_path / "message"
    key.write_bytes(private(drawn()))
    key.chmod(0o600)
    message.write_bytes(b"figures")
    ours = tmp_path / "ours.sig"
    ours.write_bytes(signature.sign(b"figures", key.read_bytes()))
    check = ["ssh-keygen", "-Y", "check-novalidate", "-n", "jobreport", "-s", str(ours)]
    assert subprocess.run(check, input=b"figures", check=False, capture_output=True).returncode == 0
    assert subprocess.run(check, input=b"figure", check=False, capture_output=True).returncode != 0
    sign = ["ssh-keygen", "-Y", "sign", "-q", "-n", "jobreport", "-f", str(key), str(message)]
    subprocess.run(sign, check=True, capture_output=True)
    assert signature.signer(b"figures", (tmp_path / "message.sig").read_bytes()) == public(drawn())


ALTERED = {
    "other_bytes": lambda text: (b"figures.", text),
    "cut": lambda text: (b"figures", text[:-40]),
    "turned": lambda text: (b"figures", text.replace(b"A", b"B")),
    "empty": lambda text: (b"figures", b""),
    "nothing_inside": lambda text: (
        b"figures",
        b"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
    ),
    "no_end": lambda text: (
        b"figures",
        b"-----BEGIN SSH SIGNATURE-----\n" + b"A" * 9000 + b"\n-----END SSH SIGNATURE-----\n",
    ),
}


@pytest.mark.parametrize("how", ALTERED)
def test_what_was_not_signed_is_refused(how):
    with pytest.raises(ValueError, match=r"."):
        signature.signer(*ALTERED[how](signature.sign(b"figures", private(drawn()))))


def test_a_signature_for_another_use_is_refused(monkeypatch):
    monkeypatch.setattr(signature, "NAMESPACE", "file")
    signed = signature.sign(b"figures", private(drawn()))
    monkeypatch.undo()
    with pytest.raises(ValueError, match="signature"):
        signature.signer(b"figures", signed)


@pytest.fixture(scope="module")
def members(demo_package):
    return demo_package("183")


def signed(members, key):
    return members | {contract.SIGNATURE: signature.sign(members[contract.MANIFEST], private(key))}


def read(files):
    return package.checked(package.packed(files), "183.zip")


@pytest.mark.dear
def test_a_package_says_who_signed_it_and_an_altered_one_is_refused(members):
    assert read(members)[0].signed_by is None
    found, problems = read(signed(members, drawn()))
    assert (found.signed_by, problems) == (public(drawn()), [])
    manifest = json.loads(members[contract.MANIFEST]) | {"jobreport": "another"}
    moved = signed(members, drawn()) | {contract.MANIFEST: json.dumps(manifest).encode()}
    assert [problem.key for problem in read(moved)[1]] == ["package_signature"]


GIVEN = Signer(municipality_code="183", key=f"{public(drawn())} somebody@elsewhere")


@pytest.mark.parametrize(
    ("by", "found"), [(drawn(), []), (drawn(b"2"), ["package_signer"]), (None, ["package_signer"])]
)
def test_a_package_must_be_signed_with_the_key_that_was_given(members, by, found):
    held = read(members if by is None else signed(members, by))[0]
    assert [problem.key for problem in packages.unsigned([held], [GIVEN], "p.yml")] == found
    assert [problem.key for problem in packages.unsigned([], [GIVEN], "p.yml")] == ["signer_without_package"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.dear
def test_gather_says_by_whom(members, language, tmp_path):
    shown = {}
    for name, files in {"signed": signed(members, drawn()), "unsigned": members}.items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(package.packed(files))
        shown[name] = gather.gather([path], None, language)
    assert signature.fingerprint(public(drawn())) in shown["signed"]
    assert {"da": "Ikke underskrevet", "en": "Not signed"}[language] in shown["unsigned"]
    own = gather.of_package(read(members)[0])
    fitted = comparable.fitted(read(signed(members, drawn()))[0], replace(own, signers=(GIVEN,)))
    assert comparable.stated(fitted)["signed"] == "known"


EC = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


@pytest.mark.parametrize("key", [b"no key", EC, private(drawn()).replace(b"bm9uZQ", b"YmNyeQ")])
def test_a_key_that_cannot_sign_is_named(tmp_path, key):
    (tmp_path / "key").write_bytes(key)
    with pytest.raises(InputRefused) as refused:
        package._signature(b"figures", tmp_path / "key")
    assert [problem.key for problem in refused.value.problems] == ["signing_key"]
