"""`hub demo`: the synthetic county on an embedded database, with clients whose keys anyone may use to look around."""

import json
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from anyio import to_thread
from sqlalchemy import or_, select, text, update

from hub.actions.county import load_county
from hub.actions.transaction import Transactions
from hub.app import Demo, create_app
from hub.auth import clients
from hub.auth.assertions import fetch_person_token, fetch_token, new_client_key, public_jwks
from hub.auth.own_pages import GRAPHIQL_PATH, RETURN_PATH
from hub.auth.roles import ROLES
from hub.clock import new_id, utc_now
from hub.county.clients import COUNTY_CLIENTS, GRAPHIQL, PAGES, CountyClient
from hub.county.county import County, make_county
from hub.db import migrate, tables
from hub.db.place import Place, database_place
from hub.db.session import Database
from hub.demo_examples import examples
from hub.errors import forbidden
from hub.law.periods import london_day
from hub.law.reg17_disclosure import Purpose
from hub.serving import server_for
from hub.settings import Settings
from schema.ids import to_global

SEED = 1
CHILDREN = 300
Say = Callable[[str], None]


def must_be_development(settings: Settings) -> None:
    """Raises `Problem` FORBIDDEN in production: the demo's keys are published."""
    if settings.production:
        raise forbidden("the demo does not run with HUB_ENVIRONMENT=production", rule="demo-in-production")


async def prepare(settings: Settings, place: Place, say: Say) -> Mapping[str, Any]:
    """A migrated database with the county and its clients in it, and `demo.json`; answers what that file says."""
    migrate.upgrade(place.owner)
    database = Database(place.owner, statement_timeout_ms=120_000)
    try:
        transactions = Transactions(database, clock=utc_now, new_id=new_id)
        keys = _client_keys(settings.data_dir)
        async with transactions.begin(None) as tx:
            loaded = (await tx.connection.execute(select(tables.organisation.c.id).limit(1))).first() is not None
            if not loaded:
                say("making the synthetic county")
                county = make_county(seed=SEED, today=london_day(utc_now()), children=CHILDREN)
                counts = await load_county(tx, county)
                await _register_clients(tx.connection, county, keys)
                await tx.connection.execute(text("ANALYZE"))  # else the first questions are planned for empty tables
                say(f"loaded {counts['child']} children of a county that does not exist")
            await _register_pages(tx.connection, PAGES, settings.address + RETURN_PATH, documents=())
            await _register_pages(tx.connection, GRAPHIQL, settings.address + GRAPHIQL_PATH, documents=None)
            description = await _describe(tx.connection, settings, keys)
    finally:
        await database.close()
    _write(settings.data_dir / "demo.json", description)
    return description


def _client_keys(data_dir: Path) -> dict[str, dict[str, Any]]:
    """A private key for each client of the county, made once."""
    path = data_dir / "keys" / "demo-clients.json"
    if path.exists():
        kept: dict[str, dict[str, Any]] = json.loads(path.read_text())
        return kept
    keys = {each.client_id: new_client_key(each.algorithm) for each in COUNTY_CLIENTS}
    _write(path, keys)
    return keys


async def _register_clients(connection: Any, county: County, keys: Mapping[str, Mapping[str, Any]]) -> None:
    bodies = {row["la_code"] or row["ods_code"] or row["urn"]: row["id"] for row in county.rows["organisation"]}
    for each in COUNTY_CLIENTS:
        key = keys[each.client_id]
        await clients.register(
            connection,
            client_id=each.client_id,
            organisation_id=bodies[each.organisation],
            label=each.label,
            jwks=public_jwks(key),
            algorithms=[key["alg"]],
            scopes=each.scopes,
            purposes=each.purposes,
            default_purpose=each.default_purpose,
            now=utc_now(),
            redirect_uris=each.redirect_uris,
            demo="its private key is in demo.json",
        )


async def _register_pages(
    connection: Any, pages: Sequence[CountyClient], redirect_uri: str, *, documents: tuple[()] | None
) -> None:
    """The hub's own pages as a client of each body; they come back to where this hub is now, whatever its port was."""
    client, body = tables.client, tables.organisation.c
    for each in pages:
        if await clients.find(connection, each.client_id) is not None:
            moved = update(client).where(client.c.client_id == each.client_id).values(redirect_uris=[redirect_uri])
            await connection.execute(moved)
            continue
        named = or_(*(code == each.organisation for code in (body.la_code, body.ods_code, body.urn)))
        key = new_client_key(each.algorithm)
        await clients.register(
            connection,
            client_id=each.client_id,
            organisation_id=await connection.scalar(select(body.id).where(named)),
            label=each.label,
            jwks=public_jwks(key),
            algorithms=[key["alg"]],
            scopes=each.scopes,
            purposes=each.purposes,
            default_purpose=each.default_purpose,
            now=utc_now(),
            documents=documents,
            redirect_uris=[redirect_uri],
            demo="people of the demo sign in without a password",
        )


async def _describe(connection: Any, settings: Settings, keys: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    organisation, child, person = tables.organisation, tables.child, tables.person
    bodies = (await connection.execute(select(organisation).order_by(organisation.c.name))).mappings().all()
    codes = {row["id"]: row["la_code"] or row["ods_code"] or row["urn"] for row in bodies}
    children = (await connection.execute(select(child).order_by(child.c.owner_id, child.c.id))).mappings().all()
    people = (await connection.execute(select(person).order_by(person.c.username))).mappings().all()
    return {
        "base_url": settings.address,
        "examples": await examples(connection, london_day(utc_now())),
        "organisations": [{"name": row["name"], "kind": row["kind"].value, "code": codes[row["id"]]} for row in bodies],
        "clients": [
            {
                "client_id": each.client_id,
                "label": each.label,
                "organisation": each.organisation,
                "scopes": sorted(each.scopes),
                "purposes": sorted(each.purposes),
                "default_purpose": each.default_purpose,
                "redirect_uris": each.redirect_uris,
                "private_key": keys[each.client_id],
            }
            for each in COUNTY_CLIENTS
        ],
        "people": [
            {"username": row["username"], "organisation": codes[row["organisation_id"]], "role": row["role"]}
            for row in people
        ],
        "children": [
            {
                "id": to_global("Child", row["id"]),
                "fhir_id": str(row["id"]),
                "nhs_number": row["nhs_number"],
                "upn": row["upn"],
                "authority": codes[row["owner_id"]],
            }
            for row in children
        ],
    }


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=1))
    fresh.replace(path)


VIEWS: tuple[tuple[str, str | None, str | None, str], ...] = (
    ("northmere-portal", "bryony.castell", None, "Caseworker"),
    ("marchland-icb-portal", "anneliese.thorogood", None, "Health co-ordinator"),
    ("mereside-ehr", None, "PROVISION_DELIVERY", "Trust system, delivering provision"),
    ("northmere-portal", "odette.marchbanks", None, "Privacy officer"),
)
"""Whom the "View as" menu begins with: through which client, which person, for which purpose, and what they are."""


def viewing(settings: Settings, description: Mapping[str, Any]) -> Demo:
    """The identities of the "View as" menu; each gets its token as its own system would, over HTTP."""
    by_id = {each["client_id"]: each for each in description["clients"]}
    names = {each["code"]: each["name"] for each in description["organisations"]}
    people = {f"{client}:{person}": (client, person) for client, person, _, _ in VIEWS if person is not None}
    purposes = {client: purpose for client, _, purpose, _ in VIEWS if purpose is not None}

    async def token(identity: str) -> Mapping[str, Any]:
        client_id, person = people.get(identity, (identity, None))
        client = by_id[client_id]
        ask = partial(fetch_token, settings.address, client_id, client["private_key"])
        may = client["purposes"]
        if person is not None:
            signing_in = {"username": person, "redirect_uri": client["redirect_uris"][0]}
            ask = partial(fetch_person_token, settings.address, client_id, client["private_key"], **signing_in)
            role = next(each["role"] for each in description["people"] if each["username"] == person)
            may = [each for each in may if Purpose(each) in ROLES[role].purposes]
        issued = await to_thread.run_sync(ask)
        default = purposes.get(client_id, client["default_purpose"])
        return {
            "access_token": issued["access_token"],
            "expires_in": issued["expires_in"],
            "purposes": may,
            "default_purpose": default,
        }

    def shown(client_id: str, person: str | None, what: str) -> Mapping[str, Any]:
        client = by_id[client_id]
        identity = client_id if person is None else f"{client_id}:{person}"
        label = f"{what} ({names[client['organisation']]})"
        return {"client_id": identity, "label": label, "purposes": client["purposes"]}

    first = [shown(client, person, what) for client, person, _, what in VIEWS]
    there = {each["client_id"] for each in first}
    rest = [shown(each["client_id"], None, each["label"]) for each in by_id.values() if each["client_id"] not in there]
    return Demo((*first, *rest), description["examples"], token)


async def run(settings: Settings, say: Say) -> None:
    """Everything `hub demo` does, until it is interrupted."""
    must_be_development(settings)
    with database_place(settings, adopt=True) as place:
        description = await prepare(settings, place, say)
        app = create_app(settings, place, demo=viewing(settings, description))
        with _worker():
            say(_welcome(settings, description))
            await server_for(app, settings).serve()


@contextmanager
def _worker() -> Generator[None]:
    """A worker beside this process, for as long as it lives: it finds the same database by the same settings.

    It ends when the pipe to it closes, which the kernel does even where this process is killed.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "hub.cli", "worker", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        yield
        process.communicate()


def _welcome(settings: Settings, description: Mapping[str, Any]) -> str:
    base = settings.address
    who = "\n".join(f"  {each['client_id']:<28} {each['label']}" for each in description["clients"])
    trust = next(each for each in description["clients"] if each["client_id"].endswith("-ehr"))
    query = '{"query": "{ children(first: 3) { totalCount nodes { familyName currentPlan { status version } } } }"}'
    system = "https://fhir.nhs.uk/Id/ods-organization-code"
    hub = Path(sys.executable).with_name("hub")
    return f"""
The hub is at {base}
  {base}/graphql            GraphiQL: queries stand ready in its tabs, and "View as" shows who sees what
  {base}/schema.graphql     the schema        {base}/fhir/R4/metadata   the FHIR face
  {settings.data_dir / "demo.json"}   who is who, with everybody's keys

Who is who (a token for each: hub token NAME)
{who}

Three things to try in another terminal:
  curl -s {base}/readyz

  curl -s {base}/graphql -H "Authorization: Bearer $({hub} token northmere-portal)" \\
    -H 'Content-Type: application/json' -d '{query}'

  curl -s -H "Authorization: Bearer $({hub} token {trust["client_id"]})" \\
    '{base}/fhir/R4/Task?owner:identifier={system}|{trust["organisation"]}&status=requested'

Ctrl-C stops the hub, its worker and its database.
"""
