"""FHIR Subscriptions: a trust subscribes with its own tools, is told, and catches up with what it missed."""

import base64
import html
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import insert

from adapters.nhs_fhir.subscription_notification import Notification
from adapters.nhs_fhir.subscription_topics import TOPICS
from adapters.posting import Sender
from fhir_mappings.subscription import BACKPORT, PUBLIC_KEY
from hub.actions.notices import About, give_notice
from hub.auth.keys import delivery_key
from hub.auth.sealed import Sealing
from hub.db import receivers, tables
from hub.db.receivers import Destination
from hub.db.session import Database
from hub.law.deliveries import ReceiverKind
from hub.law.notices import NoticeKind
from hub.law.vocabulary import Certainty, NotificationBasis, Opinion
from hub.settings import Settings
from tests.contract.fhir_world import BASE, HUB, FhirWorld, fhir_world, rules
from tests.receiving import Receiving, answer, receiving
from tests.telling import LOOPBACK, Clock, Telling
from tests.world import ALL_SCOPES, World

TOPIC = f"{HUB}/SubscriptionTopic"
REQUESTS = f"{TOPIC}/request-addressed-to-me"
SCOPES = ALL_SCOPES | {"system/Subscription.cruds", "system/Communication.rs", "system/CarePlan.rs"}


@dataclass
class Subscribing:
    """The FHIR face, what tells, and a trust's endpoint."""

    fhir: FhirWorld
    telling: Telling
    endpoint: Receiving

    def asked(self, topic: str = REQUESTS, **channel: Any) -> dict[str, Any]:
        """A Subscription as a trust's engineer writes it."""
        sent = {"type": "rest-hook", "endpoint": self.endpoint.address, "payload": "application/fhir+json"} | channel
        return {
            "resourceType": "Subscription",
            "meta": {"profile": [f"{BACKPORT}/backport-subscription"]},
            "status": "requested",
            "reason": "To see what we are asked",
            "criteria": topic,
            "channel": {name: value for name, value in sent.items() if value is not None},
        }

    async def subscribed(self, topic: str = REQUESTS, who: str = "trust", **channel: Any) -> dict[str, Any]:
        """A Subscription that has answered its handshake, as it is read then."""
        made = await self.fhir.partner(who).post("/Subscription", self.asked(topic, **channel))
        assert made.status_code == 201, made.text
        await self.telling.told()
        read = await self.fhir.partner(who).get(f"/Subscription/{made.json()['id']}")
        assert read.json()["status"] == "active", read.text
        return read.json()

    def notifications(self) -> list[dict[str, Any]]:
        """What came, each read by the R4B models: (type, number of the event, what it is about)."""
        return [notification(each.json) for each in self.endpoint.posted]


def notification(bundle: dict[str, Any]) -> dict[str, Any]:
    get_fhir_model_class("Bundle").model_validate(bundle)
    assert bundle["type"] == "history"
    status = bundle["entry"][0]["resource"]
    assert status["resourceType"] == "Parameters"
    said = {each["name"]: each for each in status["parameter"]}
    events = [
        {part["name"]: part for part in each["part"]}
        for each in status["parameter"]
        if each["name"] == "notification-event"
    ]
    return {
        "type": said["type"]["valueCode"],
        "status": said["status"]["valueCode"],
        "told": said["events-since-subscription-start"]["valueString"],
        "numbers": [each["event-number"]["valueString"] for each in events],
        "focus": [each["focus"]["valueReference"] for each in events if "focus" in each],
        "entries": [each["fullUrl"] for each in bundle["entry"][1:]],
    }


@pytest.fixture
async def subscribing(
    database: Database, world: World, new_id: Callable[[], UUID], tmp_path: Path
) -> AsyncIterator[Subscribing]:
    clock, settings = Clock(), Settings(data_dir=tmp_path)
    async with Sender(clock=clock, production=False, timeout_s=1.0) as send, receiving() as endpoint:
        telling = Telling(database, new_id, world, send, clock)
        telling.forms = {ReceiverKind.FHIR_SUBSCRIPTION: Notification(settings)}
        telling.sealing = Sealing(delivery_key(settings))
        for body, client in ((world.trust, "client-of-RX1"), (world.board, "client-of-QX1")):
            await telling.client(body, client, SCOPES)
            async with database.begin(None) as connection:
                allowed = Destination("127.0.0.1", endpoint.port, LOOPBACK)
                await receivers.allow(connection, client, body, allowed, at=clock.now)
        async with fhir_world(world, telling.transactions, scopes=SCOPES, data_dir=tmp_path) as fhir:
            yield Subscribing(fhir, telling, endpoint)


async def test_a_trust_subscribes_and_is_told_what_is_asked_of_it(subscribing: Subscribing) -> None:
    """A handshake first; then each event with its number and the Task that it is about, never the Task itself; signed,
    with the header that the trust asked for, which nobody can read back."""
    fhir, telling, endpoint = subscribing.fhir, subscribing.telling, subscribing.endpoint
    made = await fhir.trust.post("/Subscription", subscribing.asked(header=["Authorization: Bearer a-secret"]))
    assert made.status_code == 201
    assert made.headers["location"] == f"{BASE}/Subscription/{made.json()['id']}"
    assert made.json()["status"] == "requested"
    assert "a-secret" not in made.text
    before = await fhir.asked()
    await telling.told()
    (shaken,) = subscribing.notifications()
    assert (shaken["type"], shaken["status"], shaken["numbers"]) == ("handshake", "requested", [])
    read = await fhir.trust.get(f"/Subscription/{made.json()['id']}")
    assert read.json()["status"] == "active"
    assert "a-secret" not in read.text
    after = await fhir.asked()
    await telling.told()
    told = subscribing.notifications()[1:]
    assert [each["numbers"] for each in told] == [["1"], ["2"]]
    assert [each["entries"] for each in told] == [[f"{BASE}/Task/{before}"], [f"{BASE}/Task/{after}"]]
    assert told[1]["focus"] == [{"reference": f"{BASE}/Task/{after}"}]
    assert told[1]["told"] == "2"
    last = endpoint.posted[-1]
    assert last.headers["authorization"] == "Bearer a-secret"
    assert last.headers["content-type"] == "application/fhir+json"
    assert "Testchild" not in last.body.decode()
    (key,) = [each["valueString"] for each in read.json()["channel"]["extension"] if each["url"] == PUBLIC_KEY]
    content = f"{last.id}.{last.headers['webhook-timestamp']}.".encode() + last.body
    signature = last.headers["webhook-signature"].removeprefix("v1a,")
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    public.verify(base64.b64decode(signature), content)
    shown = {(each.operation, tuple(each.parts_shown)) for each in await telling.disclosures()}
    assert shown == {(f"delivery:{REQUESTS}", ("COOPERATION", "EXISTENCE"))}
    assert await fhir.count("cooperation_request", status="SENT") == 2, "to be told is not receipt"
    assert (await fhir.board.get(f"/Subscription/{made.json()['id']}")).status_code == 404
    assert (await fhir.board.get("/Subscription")).json()["total"] == 0


async def notified(telling: Telling) -> None:
    """The trust has notified the authority of the child (s. 23)."""
    world = telling.world
    async with telling.transactions.begin(None) as tx:
        await tx.connection.execute(
            insert(tables.notification).values(
                owner_id=world.authority,
                id=tx.new_id(),
                child_id=world.child,
                notified_by_id=world.trust,
                to_authority_id=world.authority,
                basis=NotificationBasis.S24_BROUGHT_TO_ATTENTION,
                opinion=Opinion.SEN,
                certainty=Certainty.HAS,
                notified_at=tx.now,
            )
        )


async def test_each_topic_tells_its_own_and_what_it_tells_of_can_be_read(subscribing: Subscribing) -> None:
    """A commissioner of decisions, as Communications, and of final plans, as CarePlans; `empty` says nothing of the
    thing. A notice is read by its body, its authority and nobody else, and found beside notifications."""
    world, telling, fhir = subscribing.telling.world, subscribing.telling, subscribing.fhir
    await subscribing.subscribed(f"{TOPIC}/notice-addressed-to-me", who="board")
    await subscribing.subscribed(f"{TOPIC}/plan-final", who="board")
    empty = {"extension": [{"url": f"{BACKPORT}/backport-payload-content", "valueCode": "empty"}]}
    await subscribing.subscribed(f"{TOPIC}/request-addressed-to-me", _payload=empty)
    subscribing.endpoint.posted.clear()
    about = About("Plan", world.plan, world.authority, world.child)
    await notified(telling)
    async with telling.transactions.begin(world.caller(world.authority)) as tx:
        for kind in (NoticeKind.FINAL_PLAN, NoticeKind.AMENDED_PLAN):
            await give_notice(tx, kind, about)
    await telling.done("plan_amended")
    await telling.done("plan_finalised")
    await fhir.asked()
    await telling.told()
    focus = [each["entries"][0].removeprefix(BASE) for each in subscribing.notifications() if each["entries"]]
    assert len(subscribing.endpoint.posted) == 4
    assert sorted(each.split("/")[1] for each in focus) == ["CarePlan", "Communication", "Communication"]
    for each in focus:
        read = await fhir.board.get(each)
        assert read.status_code == 200, read.text
        assert (await fhir.other_authority.get(each)).status_code == 404
    notice = next(each for each in focus if "Communication" in each)
    shown = (await fhir.board.get(notice)).json()
    assert shown["about"] == [{"reference": f"CarePlan/{world.plan}"}]
    assert shown["recipient"][0]["identifier"]["value"] == "QX1"
    assert shown["category"][0]["coding"][0]["code"] in {"final-plan", "amended-plan"}
    assert shown["payload"][0]["contentString"]
    assert (await fhir.trust.get(notice)).status_code == 404
    of_child = {"patient": f"Patient/{world.child}"}
    whole = (await fhir.authority.get("/Communication", **of_child, _count="50")).json()
    paged, page = [], (await fhir.authority.get("/Communication", **of_child, _count="1")).json()
    while True:
        paged += [each["resource"]["id"] for each in page["entry"]]
        following = [each["url"] for each in page["link"] if each["relation"] == "next"]
        if not following:
            break
        page = (await fhir.authority.get(following[0].removeprefix(BASE))).json()
    assert paged == [each["resource"]["id"] for each in whole["entry"]]
    assert len(paged) >= 5
    addressed = (await fhir.authority.get("/Communication", **{"recipient:identifier": "QX1"})).json()
    assert {f"/Communication/{each['resource']['id']}" for each in addressed["entry"]} == {
        each for each in focus if "Communication" in each
    }


async def test_an_endpoint_that_was_away_asks_for_what_it_missed(subscribing: Subscribing) -> None:
    """`error` while it fails, with the reason; `off` when it says that it is gone; $status and $events; what the trust
    may not know any more is left out of them."""
    fhir, telling, endpoint = subscribing.fhir, subscribing.telling, subscribing.endpoint
    made = await subscribing.subscribed()
    place = f"/Subscription/{made['id']}"
    requests = [await fhir.asked() for _ in range(3)]
    endpoint.always = answer(503)
    await telling.told()
    failing = (await fhir.trust.get(place)).json()
    assert failing["status"] == "error"
    assert failing["error"].endswith("503")
    status = (await fhir.trust.get(f"{place}/$status")).json()
    assert notification_status(status)["status"] == "error"
    missed = notification((await fhir.trust.get(f"{place}/$events")).json())
    assert (missed["type"], missed["numbers"]) == ("query-event", ["1"]), "the first holds up the others of the child"
    endpoint.always = answer(200)
    telling.clock.pass_(hours=1)
    await telling.told()
    assert (await fhir.trust.get(place)).json()["status"] == "active"
    every = notification((await fhir.trust.get(f"{place}/$events")).json())
    assert every["numbers"] == ["1", "2", "3"]
    assert every["entries"] == [f"{BASE}/Task/{each}" for each in requests]
    part = (await fhir.trust.get(f"{place}/$events", eventsSinceNumber="2", eventsUntilNumber="2")).json()
    assert notification(part)["numbers"] == ["2"]
    assert (await fhir.trust.get(f"{place}/$events", eventsSinceNumber="x")).status_code == 400
    assert (await fhir.board.get(f"{place}/$events")).status_code == 404
    for each in requests:
        await fhir.withdrawn(each)
    assert notification((await fhir.trust.get(f"{place}/$events")).json())["numbers"] == []
    endpoint.always = answer(410)
    await fhir.asked()
    telling.clock.pass_(hours=1)
    await telling.told()
    assert (await fhir.trust.get(place)).json()["status"] == "off"
    found = (await fhir.trust.get("/Subscription", status="off,error")).json()
    assert [each["resource"]["id"] for each in found["entry"]] == [made["id"]]
    assert (await fhir.trust.get("/Subscription/$status", status="active")).json()["total"] == 0


def notification_status(bundle: dict[str, Any]) -> dict[str, str]:
    (entry,) = bundle["entry"]
    return {each["name"]: each.get("valueCode", "") for each in entry["resource"]["parameter"]}


async def test_a_subscription_is_changed_turned_off_and_deleted(subscribing: Subscribing) -> None:
    """A change is confirmed by another handshake; the header is kept where none is given; a heartbeat comes when
    nothing else does; what happens while it is off is told when it is on again."""
    fhir, telling, endpoint = subscribing.fhir, subscribing.telling, subscribing.endpoint
    made = await subscribing.subscribed(header=["X-Key: one"])
    place, channel = f"/Subscription/{made['id']}", made["channel"]
    beat = {"url": f"{BACKPORT}/backport-heartbeat-period", "valueUnsignedInt": 600}
    changed = made | {"status": "requested", "channel": channel | {"extension": [*channel["extension"], beat]}}
    changed.pop("error", None)
    stale = await fhir.trust.put(place, changed, headers={"If-Match": 'W/"99"'})
    assert (stale.status_code, rules(stale)) == (412, {"version-stale"})
    put = await fhir.trust.put(place, changed, headers={"If-Match": f'W/"{made["meta"]["versionId"]}"'})
    assert (put.status_code, put.json()["status"]) == (200, "requested")
    await telling.told()
    assert endpoint.posted[-1].headers["x-key"] == "one"
    telling.clock.pass_(minutes=11)
    await telling.told()
    await telling.told()
    assert [each["type"] for each in subscribing.notifications()] == ["handshake", "handshake", "heartbeat"]
    off = (await fhir.trust.get(place)).json() | {"status": "off"}
    off.pop("error", None)
    assert (await fhir.trust.put(place, off)).json()["status"] == "off"
    await fhir.asked()
    assert await telling.told() == 0
    assert (await fhir.trust.put(place, off | {"status": "requested"})).status_code == 200
    await telling.told()
    await telling.told()
    assert subscribing.notifications()[-1]["numbers"] == ["1"]
    assert (await fhir.board.send("DELETE", place)).status_code == 404
    assert (await fhir.trust.send("DELETE", place)).status_code == 204
    assert (await fhir.trust.get(place)).status_code == 404
    assert await fhir.count("receiver_secret") == 0


async def test_what_cannot_be_had_is_refused_with_every_reason(subscribing: Subscribing) -> None:
    fhir = subscribing.fhir
    wrong: list[tuple[dict[str, Any], set[str]]] = [
        (subscribing.asked("Task?status=requested"), {"topic-unknown", "filter"}),
        (subscribing.asked(type="websocket", payload="text/plain"), {"channel-type", "payload"}),
        (subscribing.asked(endpoint=None), {"required"}),
        (subscribing.asked() | {"status": "active"}, {"subscription-status"}),
        (subscribing.asked(header=["Host: x", "no colon", "A: b\r\nC: d"]), {"header-reserved", "header-format"}),
        (subscribing.asked(header=[f"X-{n}: y" for n in range(11)]), {"too-many-headers"}),
        (
            subscribing.asked(
                _payload={"extension": [{"url": f"{BACKPORT}/backport-payload-content", "valueCode": "full-resource"}]}
            ),
            {"payload-content"},
        ),
        (
            subscribing.asked(extension=[{"url": f"{BACKPORT}/backport-heartbeat-period", "valueUnsignedInt": 1}]),
            {"heartbeat-period"},
        ),
        (subscribing.asked(extension=[{"url": "https://x.example/y", "valueString": "z"}]), {"extension-unknown"}),
        (subscribing.asked(endpoint="https://other.example/x"), {"address-not-allowed"}),
        (subscribing.asked(endpoint="http://other.example/x"), {"address-format"}),
        (subscribing.asked() | {"end": "2020-01-01T00:00:00Z"}, {"end-passed"}),
    ]
    for resource, expected in wrong:
        refused = await fhir.trust.post("/Subscription", resource)
        assert refused.status_code in {400, 422}, refused.text
        assert rules(refused) == expected, refused.text
    for resource in (b"{", b"[]", {"resourceType": "Task"}, {"resourceType": "Subscription"}, b'{"a":1,"a":2}'):
        refused = await fhir.trust.post("/Subscription", resource)
        assert refused.status_code in {400, 422}
    assert (await fhir.partner("reader").post("/Subscription", subscribing.asked())).status_code == 403
    no_plan = await fhir.partner("subscriber").post("/Subscription", subscribing.asked(f"{TOPIC}/plan-final"))
    assert (no_plan.status_code, rules(no_plan)) == (403, {"scope-missing"})
    assert await fhir.count("receiver") == 0
    same = {"X-Request-ID": "e8c5e0a4-0000-4000-8000-000000000001"}
    ids = {(await fhir.trust.post("/Subscription", subscribing.asked(), headers=same)).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert (await fhir.trust.get("/Subscription", name="x")).status_code == 400


async def test_what_the_capability_page_shows_to_copy_works(subscribing: Subscribing) -> None:
    """With the body's own code, and its own endpoint, in the places that say so."""
    fhir = subscribing.fhir
    request_id = await fhir.asked()
    page = await fhir.client.get("/fhir/R4/metadata", headers={"Accept": "text/html"})
    found = [html.unescape(each) for each in re.findall(r"<code>(.*?)</code>", page.text, re.DOTALL)]
    search = next(each for each in found if each.startswith("curl")).rpartition("/fhir/R4")[2].rstrip('"')
    told = (await fhir.trust.get(search.replace("YOUR-ODS-CODE", "RX1"))).json()
    assert [each["resource"]["id"] for each in told["entry"]] == [request_id]
    asked = next(each for each in found if each.startswith("POST")).partition("\n")[2]
    made = await fhir.trust.post(
        "/Subscription", asked.replace("https://YOUR-HOST/told", subscribing.endpoint.address).encode()
    )
    assert made.status_code == 201, made.text


async def test_metadata_lists_the_topics(subscribing: Subscribing) -> None:
    said = (await subscribing.fhir.trust.get("/metadata")).json()
    (entry,) = [each for each in said["rest"][0]["resource"] if each["type"] == "Subscription"]
    assert {each["valueCanonical"] for each in entry["extension"]} == set(TOPICS)
    assert {each["code"] for each in entry["interaction"]} == {"read", "search-type", "create", "update", "delete"}
