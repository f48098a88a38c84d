"""Events out: each that concerns a receiver reaches it once by id, in order for each child, whatever fails between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import ProgrammingError

from adapters.portal_webhook import TOPICS
from adapters.posting import Sender
from hub.actions import receivers as acting
from hub.actions import upkeep
from hub.actions.notices import About, give_notice
from hub.actions.receivers import Wanted, new_secret
from hub.actions.telling import Letter, Outcome
from hub.audit import Event
from hub.db import dead_letters, receivers, tables
from hub.db.feed import Feed
from hub.db.receivers import Destination
from hub.db.session import Database
from hub.errors import Problem
from hub.law.deliveries import DeliveryStatus, OffBecause, ReceiverKind, ReceiverStatus, SecretKind
from hub.law.notices import NoticeKind
from hub.law.reg17_disclosure import Purpose
from schema.ids import to_global
from schema.subscribing import cursor_of
from tests.conftest import NOW
from tests.contract.test_subscriptions import Subscriber, event
from tests.receiving import Posted, Receiving, answer, receiving
from tests.telling import LOOPBACK, SEALING, Clock, Telling
from tests.world import World


@pytest.fixture
async def telling(database: Database, world: World, new_id: Callable[[], UUID]) -> AsyncIterator[Telling]:
    clock = Clock()
    async with Sender(clock=clock, production=False, timeout_s=1.0) as send:
        made = Telling(database, new_id, world, send, clock)
        await made.client(world.authority, "portal")
        await made.client(world.board, "board-portal")
        await made.client(world.other_authority, "stranger")
        yield made


@pytest.fixture
async def portal() -> AsyncIterator[Receiving]:
    async with receiving() as made:
        yield made


async def test_a_receiver_is_told_thinly_and_it_is_on_record(telling: Telling, portal: Receiving) -> None:
    """Each body of what exists for it, with ids alone; what is told of a child is a disclosure, written before."""
    async with receiving() as other:
        hook = await telling.webhook("portal", portal)
        await telling.webhook("stranger", other)
        await telling.done("plan_amended")
        assert await telling.told() == 1
        assert other.posted == []
    (posted,) = portal.posted
    assert posted.json == {
        "type": "plan.changed",
        "timestamp": "2026-11-22T12:00:00+00:00",
        "data": {
            "kind": "plan_amended",
            "id": to_global("Plan", telling.world.plan),
            "cursor": posted.json["data"]["cursor"],
        },
    }
    assert "Testchild" not in posted.body.decode()
    (disclosure,) = await telling.disclosures()
    assert disclosure.operation == "delivery:plan.changed"
    assert disclosure.organisation_id == telling.world.authority
    assert disclosure.client_id == "portal"
    assert disclosure.parts_shown == ["EXISTENCE"]
    assert "s. 24" in disclosure.ground or disclosure.ground
    assert (await telling.now(hook)).told == 1
    assert await telling.told() == 0, "once"


async def of_two_children(telling: Telling, new_id: Callable[[], UUID]) -> UUID:
    """Another child with a plan in the authority's records; the id of that plan."""
    other, plan = new_id(), new_id()
    async with telling.database.begin(None) as connection:
        for table, of, row_id in ((tables.child, telling.world.child, other), (tables.plan, telling.world.plan, plan)):
            row = (await connection.execute(select(table).where(table.c.id == of))).mappings().one()
            values = (
                dict(row) | {"id": row_id} | ({"child_id": other} if table is tables.plan else {"nhs_number": None})
            )
            await connection.execute(insert(table).values(values))
    return plan


async def child_of(telling: Telling, plan: UUID) -> UUID:
    async with telling.database.begin(None) as connection:
        found = await connection.scalar(select(tables.plan.c.child_id).where(tables.plan.c.id == plan))
    assert found is not None
    return found


async def test_a_portal_that_was_away_for_an_hour_misses_nothing_and_gets_nothing_twice(
    telling: Telling, portal: Receiving, new_id: Callable[[], UUID]
) -> None:
    """In order for each child, with the ids of the first attempts, beside a body that was there all the time; and
    what a GraphQL subscription tells after the same place is the same."""
    world = telling.world
    hook = await telling.webhook("portal", portal, "plan.changed", "notice.given")
    start = cursor_of((await telling.now(hook)).place)
    plan = await of_two_children(telling, new_id)
    child = await child_of(telling, plan)
    async with receiving() as there:
        await telling.webhook("board-portal", there, "plan.changed")
        await telling.done("before")
        await telling.told()
        await portal.stop()
        tries = []
        for minute in range(60):
            if minute % 10 == 0:
                await telling.done(f"first_{minute}")
                await telling.done(f"second_{minute}", child=child, plan=plan)
            tries.append(await telling.told())
            telling.clock.pass_(minutes=1)
        assert there.kinds == ["before", *(f"first_{minute}" for minute in range(0, 60, 10))]
    failing = await telling.now(hook)
    assert failing.failing_since == NOW
    assert failing.failed_with == "no-connection"
    assert failing.status is ReceiverStatus.ACTIVE
    assert sum(tries) < 60, "one that is down is not asked more than once a minute"
    await portal.start()
    telling.clock.pass_(hours=2)
    await telling.told()
    assert [kind for kind in portal.kinds if kind.startswith("first")] == [f"first_{m}" for m in range(0, 60, 10)]
    assert [kind for kind in portal.kinds if kind.startswith("second")] == [f"second_{m}" for m in range(0, 60, 10)]
    assert len(set(portal.ids)) == len(portal.ids) == 13
    assert set(await telling.statuses()) == {DeliveryStatus.DELIVERED}
    well = await telling.now(hook)
    assert (well.failing_since, well.failures, well.told) == (None, 0, 13)
    followed = await graphql_tells(telling, world, start, len(portal.ids))
    assert sorted(followed) == sorted(each.json["data"]["cursor"] for each in portal.posted)


async def graphql_tells(telling: Telling, world: World, after: str, count: int) -> list[str]:
    """The cursors of the events of a GraphQL subscription of the same body."""
    feed = Feed(telling.database)
    async with feed.running():
        subscriber = Subscriber(telling.transactions, feed, world, telling.new_id)
        async with subscriber.stack:
            plans = "subscription($after: String) { changed: planChanged(after: $after) { cursor kind } }"
            stream = await subscriber.subscribe(world.caller(world.authority), plans, after=after)
            return [(await event(stream))["cursor"] for _ in range(count)]


class Endless:
    """An answer that does not end of itself. `sent`: the parts of it that somebody took."""

    def __init__(self) -> None:
        self.sent = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        for self.sent in range(1_000):
            writer.write(b"x" * 100_000)
            await writer.drain()


async def say_nothing(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def break_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")


async def test_every_way_to_fail_is_tried_again_and_what_follows_keeps_its_order(
    telling: Telling, portal: Receiving
) -> None:
    """An error, silence, a broken answer, a redirect (which is not followed), a wait that is asked for; an endless
    answer counts by its status. The id stays."""
    hook = await telling.webhook("portal", portal, "plan.changed")
    await telling.done("first")
    await telling.done("second")
    async with receiving() as inside:
        failures = {
            "500": answer(500, b"a stack trace"),
            "timeout": say_nothing,
            "no-connection": break_off,
            "307": answer(307, Location=inside.address),
            "429": answer(429, Retry_After="7200"),
            "400": answer(400),
        }
        for code, said in failures.items():
            portal.answers = [said]
            assert await telling.told() == 1, code
            failing = await telling.now(hook)
            assert failing.failed_with == code
            assert await telling.told() == 0, "not before its time"
            if code == "429":
                telling.clock.pass_(minutes=119)
                assert await telling.told() == 0
            telling.clock.pass_(hours=12)
        assert inside.posted == []
    endless = Endless()
    portal.answers = [endless, answer(200)]
    assert await telling.told() == 2
    assert endless.sent < 500, "nobody waits for the end of it"
    assert portal.kinds == ["first"] * (len(failures) + 1) + ["second"]
    assert len(set(portal.ids)) == 2
    assert len(await telling.disclosures()) == 2, "what is told once is on record once"


async def test_who_says_gone_is_told_no_more_until_it_is_turned_on(telling: Telling, portal: Receiving) -> None:
    hook = await telling.webhook("portal", portal, "plan.changed")
    portal.answers = [answer(410)]
    await telling.done("first")
    assert await telling.told() == 1
    off = await telling.now(hook)
    assert (off.status, off.off_because) == (ReceiverStatus.OFF, OffBecause.GONE)
    await telling.done("second")
    telling.clock.pass_(hours=24)
    assert await telling.told() == 0
    async with telling.transactions.begin(None) as tx:
        await acting.turn_on(tx, off)
    await telling.told()
    assert portal.kinds == ["first", "first", "second"]
    async with telling.transactions.begin(None) as tx:
        await acting.turn_off(tx, await telling.now(hook), OffBecause.TURNED_OFF)
    await telling.done("third")
    async with telling.transactions.begin(None) as tx:
        await acting.turn_on(tx, await telling.now(hook), from_now=True)
    await telling.done("fourth")
    await telling.told()
    assert portal.kinds[3:] == ["fourth"]


async def test_what_cannot_be_delivered_for_three_days_is_dead_and_can_be_replayed(
    telling: Telling, portal: Receiving
) -> None:
    """With the id that it had. The receiver that took nothing is off; one that takes other things is not."""
    hook = await telling.webhook("portal", portal, "plan.changed")
    portal.always = answer(500)
    await telling.done("first")
    attempts = 0
    for _ in range(100):
        attempts += await telling.told()
        telling.clock.pass_(hours=1)
    assert attempts == 10
    assert await telling.statuses() == [DeliveryStatus.DEAD]
    off = await telling.now(hook)
    assert (off.status, off.off_because) == (ReceiverStatus.OFF, OffBecause.EXHAUSTED)
    async with telling.transactions.begin(None) as tx:
        figures = await dead_letters.figures(tx.connection)
        assert (figures.waiting, figures.dead, figures.turned_off) == (0, 1, 1)
        await acting.turn_on(tx, off)
        assert await dead_letters.replay(tx.connection, now=tx.now, receiver_id=hook.id) == 1
        assert await dead_letters.replay(tx.connection, now=tx.now, receiver_id=hook.id) == 0
    portal.always = answer(202)
    assert await telling.told() == 1
    assert len(set(portal.ids)) == 1
    assert await telling.statuses() == [DeliveryStatus.DELIVERED]
    telling.clock.pass_(days=31)
    async with telling.transactions.begin(None) as tx:
        assert await upkeep.forget_deliveries(tx) == 1


async def test_who_has_lost_access_is_told_nothing_of_what_it_could_have_known(
    telling: Telling, portal: Receiving
) -> None:
    """Asked at each attempt: the responsibility ends between the event and its delivery; then the scope, the purpose,
    the client go."""
    hook = await telling.webhook("board-portal", portal, "plan.changed")
    await telling.done("known")
    portal.answers = [answer(500)]
    assert await telling.told() == 1
    held = tables.responsibility
    async with telling.database.begin(None) as connection:
        yesterday = NOW.date() - timedelta(days=1)
        await connection.execute(update(held).where(held.c.body_id == telling.world.board).values(ends_on=yesterday))
    telling.clock.pass_(minutes=10)
    await telling.done("unknown")
    await telling.told()
    assert await telling.statuses() == [DeliveryStatus.WITHHELD]
    assert portal.kinds == ["known"]
    async with telling.database.begin(None) as connection:
        await connection.execute(update(held).where(held.c.body_id == telling.world.board).values(ends_on=None))
        await connection.execute(update(tables.client).values(scopes=["cooperation.read"]))
    await telling.done("out_of_scope")
    assert await telling.told() == 0
    async with telling.database.begin(None) as connection:
        await connection.execute(update(tables.client).values(scopes=["plan.read"], disabled_at=NOW))
    await telling.done("of_a_disabled_client")
    assert await telling.told() == 0
    off = await telling.now(hook)
    assert (off.status, off.off_because) == (ReceiverStatus.OFF, OffBecause.CLIENT_CANNOT_ACT)
    assert portal.kinds == ["known"]


class Killed(BaseException):
    """A worker that is gone: nothing of it runs any more."""


async def test_a_worker_that_dies_between_sending_and_writing_down_sends_the_same_again(
    telling: Telling, portal: Receiving
) -> None:
    """Not before its claim has ended; and where it dies before sending, nothing is missed."""
    hook = await telling.webhook("portal", portal, "plan.changed")

    async def dies_after(letter: Letter) -> Outcome:
        await telling.send(letter)
        raise Killed

    async def dies_before(_: Letter) -> Outcome:
        raise Killed

    await telling.done("done")
    for dies in (dies_before, dies_after):
        with pytest.raises(Killed):
            await telling.told(telling.worker(dies, lease_s=600))
        assert await telling.told() == 0, "it may still be under way"
        async with telling.database.begin(None) as connection:  # its claim has ended, by the database's clock
            await connection.execute(update(tables.event_delivery).values(claimed_until=func.clock_timestamp()))
    assert await telling.told() == 1
    assert len(portal.ids) == 2
    assert len(set(portal.ids)) == 1
    assert (await telling.now(hook)).told == 1
    assert len(await telling.disclosures()) == 1


async def test_several_workers_share_the_work(telling: Telling, portal: Receiving, new_id: Callable[[], UUID]) -> None:
    """Each delivery is one worker's; the order for a child holds over all of them."""
    plans = [telling.world.plan] + [await of_two_children(telling, new_id) for _ in range(4)]
    children = {plan: await child_of(telling, plan) for plan in plans}
    await telling.webhook("portal", portal, "plan.changed")

    async def later(_: Posted) -> None:
        await asyncio.sleep(0.002)

    portal.before_answer = later
    for number in range(6):
        for plan in plans:
            await telling.done(f"{number}", child=children[plan], plan=plan)
    await telling.all_is_below_the_horizon()

    async def work() -> None:
        worker = telling.worker()
        await worker.derive()
        await worker.send_due()

    await asyncio.gather(*(work() for _ in range(3)))
    await work()
    assert len(portal.ids) == len(set(portal.ids)) == 30
    for plan in plans:
        wanted = to_global("Plan", plan)
        assert [each.json["data"]["kind"] for each in portal.posted if each.json["data"]["id"] == wanted] == [
            *map(str, range(6))
        ]


async def test_a_great_many_events_are_taken_up_stretch_by_stretch(telling: Telling, portal: Receiving) -> None:
    """More than are read at once, of two types: none is left out at the seams, and none comes twice or out of order."""
    world = telling.world
    await telling.webhook("portal", portal, "plan.changed", "notice.given")
    about = About("Plan", world.plan, world.authority, world.child)
    async with telling.transactions.begin(world.caller(world.authority)) as tx:
        await give_notice(tx, NoticeKind.FINAL_PLAN, about)
    async with telling.transactions.begin(None) as tx:
        (notice, *_) = (await tx.connection.execute(select(tables.notice.c.id))).scalars()
        for number in range(300):
            kind, told_of = ("Plan", world.plan) if number % 3 else ("Notice", notice)
            await tx.record(Event(f"{number}", world.authority, kind, told_of, world.child))
    await telling.all_is_below_the_horizon()
    made = await telling.worker().derive()
    async with telling.transactions.begin(None) as tx:
        delivery = tables.event_delivery
        found = (await tx.connection.execute(select(delivery).order_by(delivery.c.position))).all()
    assert made == len(found)
    assert {f"{number}" for number in range(300)} <= {each.event_kind for each in found}
    places = [(each.recorded_in, each.event_id, each.about_id) for each in found]
    assert places == sorted(set(places))


async def test_only_what_the_operator_allows_is_spoken_to(telling: Telling, portal: Receiving) -> None:
    """The name is looked up once, and what it led to is connected to: no second answer can lead elsewhere."""
    async with telling.transactions.begin(None) as tx:
        wanted = Wanted(ReceiverKind.WEBHOOK, "https://other.example/x", ("plan.changed",), "x", Purpose.OWN_FUNCTIONS)
        with pytest.raises(Problem) as caught:
            await acting.register(tx, "portal", wanted, known_topics=TOPICS, secrets=[], production=False)
    assert caught.value.rule == "address-not-allowed"
    hook = await telling.webhook("portal", portal, "plan.changed", networks=("10.0.0.0/8",))
    await telling.done("done")
    assert await telling.told() == 1
    assert (await telling.now(hook)).failed_with == "address-not-allowed"
    asked: list[str] = []

    async def rebinds(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["10.9.9.9", "127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]

    async with telling.database.begin(None) as connection:
        await connection.execute(update(tables.destination).values(networks=list(LOOPBACK)))
    telling.clock.pass_(minutes=1)
    async with Sender(clock=telling.clock, production=False, look_up=rebinds, timeout_s=1.0) as send:
        assert await telling.told(telling.worker(send)) == 1
    assert asked == ["127.0.0.1"]
    assert portal.kinds == ["done"]
    assert portal.posted[0].headers["host"] == f"127.0.0.1:{portal.port}"


def certificate_for(hosts: list[str], folder: Path) -> tuple[SSLContext, Path]:
    """A server's TLS with a certificate for these hosts, and the file of the authority that signed it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    names = [x509.IPAddress(ip_address(each)) if each[0].isdigit() else x509.DNSName(each) for each in hosts]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority, private = folder / "authority.pem", folder / "key.pem"
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, private)
    return context, authority


async def test_a_certificate_is_checked_for_the_host(telling: Telling, tmp_path: Path) -> None:
    """By the operator's authority where one is named; of another host, or another authority's, is not spoken to."""
    for hosts, trusted, failed_with in (
        (["127.0.0.1"], True, None),
        (["other.example"], True, "tls"),
        (["127.0.0.1"], False, "tls"),
    ):
        context, authority = certificate_for(hosts, tmp_path)
        async with (
            receiving(tls=context) as secure,
            Sender(
                clock=telling.clock, production=True, ca_file=str(authority) if trusted else "", timeout_s=2.0
            ) as send,
        ):
            hook = await telling.webhook("portal", secure, "plan.changed")
            await telling.done("done")
            await telling.told(telling.worker(send))
            assert (await telling.now(hook)).failed_with == failed_with
            assert len(secure.posted) == (failed_with is None)
            async with telling.transactions.begin(None) as tx:
                await acting.remove(tx, hook)


async def test_the_serving_role_can_add_a_secret_and_read_none(telling: Telling, portal: Receiving) -> None:
    hook = await telling.webhook("portal", portal)
    caller = telling.world.caller(telling.world.authority)
    async with telling.transactions.begin(caller) as tx:
        assert await receivers.public_keys(tx.connection, hook.id, now=tx.now) == []
        added = new_secret(SecretKind.ED25519, SEALING, tx.new_id())
        await receivers.add_secret(tx.connection, hook.id, added.secret, at=tx.now)
        assert await receivers.public_keys(tx.connection, hook.id, now=tx.now) == [added.shown]
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with telling.transactions.begin(caller) as tx:
            await receivers.secrets(tx.connection, hook.id, now=tx.now)
    elsewhere = Destination("inside.example", 443, LOOPBACK)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with telling.transactions.begin(caller) as tx:
            await receivers.allow(tx.connection, "portal", telling.world.authority, elsewhere, at=tx.now)
    async with telling.transactions.begin(telling.world.caller(telling.world.other_authority)) as tx:
        assert await receivers.find(tx.connection, hook.id) is None
        assert await receivers.public_keys(tx.connection, hook.id, now=tx.now) == []
    await telling.done("done")
    await telling.told()
    signatures = portal.posted[0].headers["webhook-signature"].split(" ")
    assert sorted(each.partition(",")[0] for each in signatures) == ["v1", "v1a"]
    assert await telling.worker().try_out(hook.id) == Outcome()
    assert portal.posted[-1].json["type"] == "hub.test"
