"""The hub over HTTP on a port of its own, with a clock of the test's, and bodies that sign their own assertions."""

import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from graphql import build_schema
from sqlalchemy import insert
from starlette.applications import Starlette

import schema
from hub.actions.transaction import Transactions
from hub.app import create_app
from hub.auth import clients
from hub.auth.assertions import client_assertion, new_client_key, public_jwks, token_form
from hub.auth.jose import ALGORITHMS
from hub.db import tables
from hub.db.place import Place
from hub.db.session import Database
from hub.law.vocabulary import OrganisationKind
from hub.settings import Settings
from hub.worker import make_queue
from schema.ids import to_global

SDL = Path(schema.__file__).with_name("schema.graphql")
MUTATIONS = build_schema(SDL.read_text()).mutation_type
BEGINS = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Body:
    """A body and what its client may ask."""

    kind: OrganisationKind
    code: str
    scopes: tuple[str, ...]
    in_force_from: date | None = None

    @property
    def codes(self) -> Mapping[str, str]:
        return {"la_code" if self.kind is OrganisationKind.LOCAL_AUTHORITY else "ods_code": self.code}


class Journey:
    """The hub over HTTP, and the bodies that ask it."""

    def __init__(
        self,
        address: str,
        keys: Mapping[str, Mapping[str, Any]],
        ids: Mapping[str, uuid.UUID],
        worker: tuple[str, Database],
    ) -> None:
        self.now = BEGINS
        self.ids = {name: to_global("Organisation", row) for name, row in ids.items()}
        self._worker = worker
        self._keys = keys
        self._http = httpx.AsyncClient(base_url=address, timeout=30)
        self._address = address

    def on(self, day: str) -> None:
        self.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")

    @property
    def today(self) -> str:
        return self.now.date().isoformat()

    async def ask(self, body: str, document: str, **variables: Any) -> Any:
        said = await self._post(body, document, variables)
        assert "errors" not in said, said["errors"]
        return said["data"]

    async def turned_away(self, body: str, document: str, **variables: Any) -> str:
        """The rule by which a request is not answered at all, or the code where it breaks none of the hub's own."""
        extensions = (await self._post(body, document, variables))["errors"][0]["extensions"]
        return str(extensions.get("rule", extensions["code"]))

    async def _post(self, body: str, document: str, variables: Mapping[str, Any]) -> Any:
        form = token_form(client_assertion(self._keys[body], body, f"{self._address}/oauth/token", self.now))
        token = (await self._http.post("/oauth/token", data=form)).json()["access_token"]
        answer = await self._http.post(
            "/graphql",
            json={"query": document, "variables": dict(variables)},
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.json()

    async def try_(self, body: str, name: str, shows: str = "", /, **given: Any) -> Any:
        assert MUTATIONS is not None
        kind = MUTATIONS.fields[name].args["input"].type
        document = f"mutation($given: {kind}) {{ done: {name}(input: $given) {{ {shows} refusals {{ rule }} }} }}"
        return (await self.ask(body, document, given=given))["done"]

    async def do(self, body: str, name: str, shows: str = "", /, **given: Any) -> Any:
        answer = await self.try_(body, name, shows, **given)
        assert answer["refusals"] == [], (name, answer)
        return answer

    async def refused(self, body: str, name: str, /, **given: Any) -> str:
        return str((await self.try_(body, name, **given))["refusals"][0]["rule"])

    async def let_the_worker_work(self) -> None:
        """Until nothing waits in the queue."""
        address, database = self._worker
        queue = make_queue(address, Transactions(database, clock=lambda: self.now, new_id=uuid.uuid4))
        async with queue.open_async():
            await queue.run_worker_async(wait=False, install_signal_handlers=False)

    async def aclose(self) -> None:
        await self._http.aclose()


@contextmanager
def serving(app: Starlette, port: int) -> Generator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def hub_for(
    bodies: Mapping[str, Body],
    *,
    database: Database,
    owner_url: str,
    folder: Path,
    port: int,
    new_id: Callable[[], uuid.UUID],
) -> AsyncIterator[Journey]:
    """The hub with a client for each of the bodies."""
    keys = {name: new_client_key("ES384") for name in bodies}
    ids = {name: new_id() for name in bodies}
    told = Journey(f"http://127.0.0.1:{port}", keys, ids, (database.url, database))
    async with database.begin(None) as connection:
        for name, body in bodies.items():
            await connection.execute(
                insert(tables.organisation).values(
                    id=ids[name], name=name, kind=body.kind, in_force_from=body.in_force_from, **body.codes
                )
            )
            await clients.register(
                connection,
                client_id=name,
                organisation_id=ids[name],
                label=name,
                jwks=public_jwks(keys[name]),
                algorithms=ALGORITHMS,
                scopes=body.scopes,
                purposes=("OWN_FUNCTIONS",),
                default_purpose="OWN_FUNCTIONS",
                now=told.now,
            )
    settings = Settings(database_url=database.url, data_dir=folder, port=port)
    place = Place(owner_url, database.url, database.url)
    with serving(create_app(settings, place, clock=lambda: told.now), port):
        yield told
    await told.aclose()
