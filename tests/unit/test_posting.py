"""What leaves the hub by itself: signed so that others can check it, to addresses that are allowed, in due time."""

import base64
import ipaddress
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError

from adapters.posting.networks import may_reach
from adapters.posting.signatures import signed_headers
from hub.actions.addresses import Address, read_address, read_networks
from hub.actions.delivery_schedule import GIVEN_UP_AFTER, SCHEDULE, next_try, paused_until
from hub.actions.receivers import new_secret
from hub.auth.sealed import NotOpenedError, Sealing
from hub.errors import Problem
from hub.law.deliveries import SecretKind

SEALING = Sealing(bytes(range(32)))
ID, BODY = UUID(int=5), b'{"type":"plan.changed"}'


def test_a_receiver_checks_the_signature_with_the_standards_own_library() -> None:
    """Both secrets sign while one takes the other's place; a changed body, and what is old, is refused."""
    made = [new_secret(SecretKind.HMAC_SHA256, SEALING, UUID(int=n)) for n in (1, 2)]
    opened = [(each.secret.kind, SEALING.open(each.secret.sealed, of=each.secret.id)) for each in made]
    headers = dict(signed_headers(ID, datetime.now(UTC), BODY, opened))
    for each in made:
        assert Standard(each.shown).verify(BODY, headers) == {"type": "plan.changed"}
    with pytest.raises(WebhookVerificationError):
        Standard(made[0].shown).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Standard(made[0].shown).verify(BODY, headers | {"webhook-id": str(UUID(int=6))})
    old = signed_headers(ID, datetime.now(UTC) - timedelta(minutes=10), BODY, opened)
    with pytest.raises(WebhookVerificationError):
        Standard(made[0].shown).verify(BODY, dict(old))


def test_an_ed25519_signature_is_checked_by_the_public_key_alone() -> None:
    made = new_secret(SecretKind.ED25519, SEALING, UUID(int=1))
    at = datetime.now(UTC)
    headers = signed_headers(ID, at, BODY, [(made.secret.kind, SEALING.open(made.secret.sealed, of=made.secret.id))])
    version, _, signature = headers["webhook-signature"].partition(",")
    assert version == "v1a"
    assert made.shown == made.secret.public_key
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(made.shown.removeprefix("whpk_")))
    content = f"{ID}.{int(at.timestamp())}.".encode() + BODY
    key.verify(base64.b64decode(signature), content)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), content + b" ")


def test_a_sealed_secret_is_opened_by_its_key_for_its_row_alone() -> None:
    sealed = SEALING.seal(b"the secret", of=ID)
    assert b"secret" not in sealed
    assert SEALING.open(sealed, of=ID) == b"the secret"
    for sealing, of, content in (
        (Sealing(bytes(32)), ID, sealed),
        (SEALING, UUID(int=6), sealed),
        (SEALING, ID, sealed[:-1] + b"x"),
        (SEALING, ID, b""),
    ):
        with pytest.raises(NotOpenedError):
            sealing.open(content, of=of)


INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:a00:1::",
    "not-an-address",
    "fe80::1%eth0",
)


@pytest.mark.parametrize("address", INSIDE)
def test_without_a_network_nothing_leads_inside(address: str) -> None:
    """Whatever it is written as; and a named network lets in what lies in it, and no more."""
    assert not may_reach(address, ())
    assert not may_reach(address, ("203.0.113.0/24",))


def test_a_network_that_the_operator_names_is_the_only_one() -> None:
    assert may_reach("8.8.8.8", ())
    assert may_reach("2606:4700::1", ())
    hscn = read_networks(["10.20.0.0/16", "fd00:20::/32"])
    assert may_reach("10.20.30.40", hscn)
    assert may_reach("::ffff:10.20.30.40", hscn)
    assert may_reach("fd00:20::9", hscn)
    for elsewhere in ("10.21.0.1", "8.8.8.8", "127.0.0.1", "fd00:21::9"):
        assert not may_reach(elsewhere, hscn)
    for wrong in ("10.20.0.1/16", "hscn", "10.20.0.0/40"):
        with pytest.raises(Problem):
            read_networks([wrong])


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses())
def test_an_address_is_public_or_refused(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if may_reach(str(address), ()):
        assert address.is_global
        assert not address.is_private
        assert not address.is_loopback


def test_an_address_is_https_with_a_host_and_nothing_hidden() -> None:
    assert read_address("https://Portal.Example:8443/in?to=1", production=True) == Address(
        "https", "portal.example", 8443, "/in?to=1"
    )
    assert read_address("https://[fd00::1]/x", production=True).host == "fd00::1"
    assert read_address("http://127.0.0.1:9/x", production=False).port == 9
    for wrong in (
        "http://127.0.0.1/x",
        "http://portal.example/x",
        "ftp://portal.example/x",
        "https:///x",
        "https://user@portal.example/",
        "https://user:pass@portal.example/",
        "https://portal.example/#part",
        "https://portal.example:99999/",
        "https://portal.example/a b",
        "https://portál.example/",
        "https://portal.example/\n",
        "https://[::1/",
        "https://portal.example/" + "x" * 2_000,
        "",
    ):
        with pytest.raises(Problem) as caught:
            read_address(wrong, production=True)
        assert caught.value.rule == "address-format", wrong
    with pytest.raises(Problem):
        read_address("http://portal.example/x", production=False)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 100))
def test_what_fails_is_tried_for_three_days_and_later_each_time(seed: int, hours: int) -> None:
    """The schedule of the standard, never earlier; a receiver that asks for more time gets it, up to a day."""
    random, started = Random(seed), datetime(2026, 11, 22, tzinfo=UTC)
    now, tries = started, 1
    while (due := next_try(attempts=tries, first_tried_at=started, now=now, asked_for=None, random=random)) is not None:
        wait = due - now
        assert SCHEDULE[tries - 1] <= wait <= SCHEDULE[tries - 1] * 1.1
        now, tries = due, tries + 1
    assert tries == len(SCHEDULE) + 1
    assert GIVEN_UP_AFTER <= now - started <= timedelta(days=4)
    asked = timedelta(hours=hours)
    due = next_try(attempts=1, first_tried_at=started, now=started, asked_for=asked, random=random)
    assert due is not None
    assert due - started >= min(asked, timedelta(hours=24))
    assert due - started <= timedelta(hours=24)
    pause = paused_until(failures=hours + 1, now=started, random=random) - started
    assert timedelta(seconds=2) <= pause <= timedelta(seconds=66)
