"""The hub's signing key: made once, kept from others, read from what operators have; and helpers around keys."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from hub.auth.assertions import new_client_key, public_jwks
from hub.auth.issuers import trusted_issuers
from hub.auth.jose import ALGORITHMS, key_of
from hub.auth.keys import audit_signer, delivery_key, make_keys, signing_key
from hub.settings import SettingError, Settings

MAKE = """
import sys
from pathlib import Path
from hub.auth.keys import signing_key
from hub.settings import Settings
print(signing_key(Settings(data_dir=Path(sys.argv[1]))).kid)
"""


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    key = signing_key(settings)
    assert (key.algorithm, key.kid) == ("ES256", key.key.thumbprint())
    assert signing_key(settings).kid == key.kid
    file = tmp_path / "keys" / "signing.jwk"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(file.parent) == ["signing.jwk"]


def test_an_operator_makes_the_keys_beforehand_where_the_settings_name_them(tmp_path: Path) -> None:
    """Once: what is there is left as it is. A hub that finds no file where one is named makes none."""
    signing, audit, delivery = files = [tmp_path / each for each in ("signing", "audit", "delivery")]
    settings = Settings(
        data_dir=tmp_path / "data",
        signing_key_file=str(signing),
        audit_key_file=str(audit),
        delivery_key_file=str(delivery),
    )
    for use in (signing_key, audit_signer, delivery_key):
        with pytest.raises(SettingError):
            use(settings)
    assert make_keys(settings) == [(each, True) for each in files]
    made = [each.read_text() for each in files]
    assert signing_key(settings).public_jwks()["keys"]
    assert audit_signer(settings).name
    assert len(delivery_key(settings)) == 32
    assert make_keys(settings) == [(each, False) for each in files]
    assert [each.read_text() for each in files] == made
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_processes_that_start_at_once_end_with_the_same_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path / "new")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    kids = {process.communicate()[0].strip() for process in processes}
    assert len(kids) == 1
    assert kids != {""}


def test_the_published_half_is_public(tmp_path: Path) -> None:
    (published,) = signing_key(Settings(data_dir=tmp_path)).public_jwks()["keys"]
    assert sorted(published) == ["alg", "crv", "kid", "kty", "use", "x", "y"]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256"), "ES256"),
        (ECKey.generate_key("P-384"), "ES384"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (RSAKey.generate_key(2048), "PS256"),
    ],
)
def test_an_operators_key_is_read_as_pem_and_as_jwk(
    tmp_path: Path, key: ECKey | OKPKey | RSAKey, algorithm: str
) -> None:
    for name, content in (
        ("key.pem", key.as_pem(private=True).decode()),
        ("key.jwk", json.dumps(key.as_dict(private=True))),
    ):
        file = tmp_path / name
        file.write_text(content)
        read = signing_key(Settings(signing_key_file=str(file)))
        assert (read.algorithm, read.kid) == (algorithm, key.thumbprint())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "{}",
        "[]",
        '{"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "d": "AA"}',
        '{"kty": ["EC"]}',
        "-----BEGIN PRIVATE KEY-----",
        json.dumps(ECKey.generate_key("P-256").as_dict(private=False)),
        ECKey.generate_key("P-256").as_pem(private=False).decode(),
        json.dumps(ECKey.generate_key("P-521").as_dict(private=True)),
        json.dumps(OctKey.generate_key(256).as_dict(private=True)),
        json.dumps(OKPKey.generate_key("X25519").as_dict(private=True)),
    ],
    ids=[
        "empty",
        "cut off",
        "an empty object",
        "a list",
        "an unknown curve",
        "a list of types",
        "a PEM cut off",
        "a public JWK",
        "a public PEM",
        "a curve that is not signed with",
        "a secret",
        "a key to agree on keys",
    ],
)
def test_a_file_that_holds_no_key_to_sign_with(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    with pytest.raises(SettingError, match="HUB_SIGNING_KEY_FILE"):
        signing_key(Settings(signing_key_file=str(file)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="HUB_SIGNING_KEY_FILE"):
        signing_key(Settings(signing_key_file=str(tmp_path / "none")))


def test_an_issuers_file_is_not_ignored(tmp_path: Path) -> None:
    """It cannot be read yet, and an operator must not believe that it is."""
    settings = Settings(data_dir=tmp_path, issuers="issuers.json")
    with pytest.raises(SettingError, match="HUB_ISSUERS"):
        trusted_issuers(settings, signing_key(settings))


def test_a_new_client_key_says_what_it_is_for() -> None:
    for algorithm in sorted(ALGORITHMS - {"RS384", "RS512", "PS256"}):
        key = new_client_key(algorithm)
        assert (key["alg"], key["use"]) == (algorithm, "sig")
        assert "d" in key
        assert "d" not in public_jwks(key)["keys"][0]
    with pytest.raises(ValueError, match="algorithm"):
        new_client_key("HS256")


def test_of_two_keys_with_one_id_neither_is_meant() -> None:
    key = new_client_key("ES256")
    assert key_of(public_jwks(key), key["kid"]) is not None
    assert key_of(public_jwks(key), "other") is None
    assert key_of(public_jwks(key), None) is None
    assert key_of(public_jwks(key, key), key["kid"]) is None
