"""The hub's side of telling: the small world with clients of its bodies, receivers on loopback, and workers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from adapters.portal_webhook import TOPICS, Webhook
from adapters.posting import Sender
from hub.actions import receivers as acting
from hub.actions.delivering import Deliverer
from hub.actions.receivers import Wanted, new_secret
from hub.actions.telling import Form
from hub.actions.transaction import Transactions
from hub.audit import Event
from hub.auth.sealed import Sealing
from hub.db import receivers, tables
from hub.db.receivers import Destination, Receiver
from hub.db.session import Database
from hub.law.deliveries import DeliveryStatus, ReceiverKind, SecretKind
from hub.law.reg17_disclosure import Purpose
from schema.ids import to_global
from schema.subscribing import cursor_of
from tests.conftest import NOW
from tests.receiving import Receiving
from tests.world import ALL_SCOPES, World

SEALING = Sealing(bytes(32))
LOOPBACK = ("127.0.0.0/8",)


@dataclass
class Clock:
    """Time, as a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Telling:
    """The hub's side: the small world, its clients, and workers that tell."""

    database: Database
    new_id: Callable[[], UUID]
    world: World
    send: Sender
    clock: Clock = field(default_factory=Clock)
    forms: Mapping[ReceiverKind, Form] = field(
        default_factory=lambda: {ReceiverKind.WEBHOOK: Webhook(global_id=to_global, cursor=cursor_of)}
    )
    sealing: Sealing = SEALING

    @property
    def transactions(self) -> Transactions:
        return Transactions(self.database, clock=self.clock, new_id=self.new_id)

    def worker(self, send: Any = None, *, lease_s: float = 30.0) -> Deliverer:
        """Another worker on the same database."""
        return Deliverer(
            self.transactions,
            forms=self.forms,
            send=send or self.send,
            sealing=self.sealing,
            production=False,
            random=Random(1),
            lease_s=lease_s,
        )

    async def client(self, body: UUID, name: str, scopes: frozenset[str] = ALL_SCOPES) -> None:
        async with self.database.begin(None) as connection:
            await connection.execute(
                insert(tables.client).values(
                    client_id=name,
                    organisation_id=body,
                    label=name,
                    jwks={"keys": []},
                    algorithms=["EdDSA"],
                    scopes=sorted(scopes),
                    purposes=[each.value for each in Purpose],
                    default_purpose=Purpose.OWN_FUNCTIONS,
                    created_at=NOW,
                )
            )

    async def webhook(self, client: str, at: Receiving | str, *topics: str, **more: Any) -> Receiver:
        """A webhook of a client, at an address on loopback that the operator allows."""
        address = at if isinstance(at, str) else at.address
        port = int(address.split(":")[2].split("/")[0])
        async with self.transactions.begin(None) as tx:
            body = await tx.connection.scalar(
                select(tables.client.c.organisation_id).where(tables.client.c.client_id == client)
            )
            assert body is not None
            allowed = Destination("127.0.0.1", port, more.pop("networks", LOOPBACK))
            await receivers.allow(tx.connection, client, body, allowed, at=tx.now)
            wanted = Wanted(
                ReceiverKind.WEBHOOK, address, topics or tuple(TOPICS), "a portal", Purpose.OWN_FUNCTIONS, **more
            )
            secret = new_secret(SecretKind.HMAC_SHA256, SEALING, tx.new_id()).secret
            return await acting.register(tx, client, wanted, known_topics=TOPICS, secrets=[secret], production=False)

    async def done(self, kind: str, *, child: UUID | None = None, plan: UUID | None = None) -> None:
        """Something is done about a plan."""
        async with self.transactions.begin(None) as tx:
            about = plan or self.world.plan
            await tx.record(Event(kind, self.world.authority, "Plan", about, child or self.world.child))

    async def told(self, worker: Deliverer | None = None) -> int:
        """A look at the feed, and everything sent that can be; how many attempts."""
        worker = worker or self.worker()
        await self.all_is_below_the_horizon()
        await worker.derive()
        return await worker.send_due()

    async def all_is_below_the_horizon(self) -> None:
        """Transactions of other tests hold the horizon too: they are in the same PostgreSQL."""
        async with self.database.begin(None) as connection:
            newest = await connection.scalar(text("SELECT max(recorded_in) FROM event")) or 0
        async with asyncio.timeout(30):
            while True:
                async with self.database.begin(None) as connection:
                    horizon = await connection.scalar(
                        text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
                    )
                if horizon > newest:
                    return
                await asyncio.sleep(0.01)

    async def now(self, receiver: Receiver) -> Receiver:
        async with self.transactions.begin(None) as tx:
            found = await receivers.find(tx.connection, receiver.id)
        assert found is not None
        return found

    async def statuses(self) -> list[DeliveryStatus]:
        async with self.transactions.begin(None) as tx:
            rows = select(tables.event_delivery.c.status).order_by(tables.event_delivery.c.position)
            return list((await tx.connection.execute(rows)).scalars())

    async def disclosures(self) -> list[Any]:
        async with self.transactions.begin(None) as tx:
            return list((await tx.connection.execute(select(tables.disclosure))).all())
