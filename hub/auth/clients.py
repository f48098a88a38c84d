"""Clients: the software that acts for a body, with the public keys it signs with and what it may ask.

A client belongs to one organisation, and that is the only way an organisation gets into a `Caller`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, create_engine, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.auth import documents as trusted
from hub.auth.client_keys import MOST_KEYS, checked_algorithms, checked_jwks, must_have_distinct_kids
from hub.auth.redirects import checked_redirects
from hub.auth.scopes import GRAPHQL, is_known
from hub.db import tables
from hub.db.session import driver_url
from hub.errors import conflict, invalid, not_found
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind

CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client, and the organisation it acts for.

    `only_documents`: it may run no GraphQL document but trusted ones. `dpop_required`: its tokens are bound to a key.
    `redirect_uris`: people may sign in through it, and come back to one of these. `issuer`: whose tokens name it, and
    None for the hub's own server. `denied_tokens`: the ids of tokens of its that have been revoked. `demo`: its private
    key is published.
    """

    client_id: str
    label: str
    organisation: UUID
    organisation_kind: OrganisationKind
    organisation_code: str
    organisation_name: str
    jwks: Mapping[str, Any]
    algorithms: frozenset[str]
    scopes: frozenset[str]
    purposes: frozenset[Purpose]
    default_purpose: Purpose
    only_documents: bool
    dpop_required: bool
    redirect_uris: frozenset[str]
    issuer: str | None
    denied_tokens: frozenset[str]
    created_at: datetime
    rotated_at: datetime | None
    disabled_at: datetime | None
    demo: str | None
    in_force_from: date | None
    in_force_to: date | None

    def may_act(self, *, production: bool) -> bool:
        """Not disabled; and where everyone can read the private key, never in production."""
        return self.disabled_at is None and not (production and self.demo is not None)


def in_force(client: Client, day: date) -> bool:
    """Whether the body it acts for exists on that day: a merged body's systems act no more."""
    begun = client.in_force_from is None or client.in_force_from <= day
    return begun and (client.in_force_to is None or day <= client.in_force_to)


def client_query() -> Select[Any]:
    """Clients with their organisations; for `client_from`."""
    organisation, client = tables.organisation, tables.client
    code = func.coalesce(organisation.c.la_code, organisation.c.ods_code, organisation.c.urn, "")
    denied = select(tables.denied_token.c.token_id).where(tables.denied_token.c.client_id == client.c.client_id)
    return select(
        client,
        func.array(denied.scalar_subquery()).label("denied_tokens"),
        organisation.c.kind.label("organisation_kind"),
        organisation.c.name.label("organisation_name"),
        organisation.c.in_force_from,
        organisation.c.in_force_to,
        code.label("organisation_code"),
    ).join(organisation, organisation.c.id == client.c.organisation_id)


def client_from(row: Row[Any]) -> Client:
    """A row of `client_query` as a value."""
    return Client(
        client_id=row.client_id,
        label=row.label,
        organisation=row.organisation_id,
        organisation_kind=OrganisationKind(row.organisation_kind),
        organisation_code=row.organisation_code,
        organisation_name=row.organisation_name,
        jwks=row.jwks,
        algorithms=frozenset(row.algorithms),
        scopes=frozenset(row.scopes),
        purposes=frozenset(Purpose(each) for each in row.purposes),
        default_purpose=Purpose(row.default_purpose),
        only_documents=row.only_documents,
        dpop_required=row.dpop_required,
        redirect_uris=frozenset(row.redirect_uris),
        issuer=row.issuer,
        denied_tokens=frozenset(row.denied_tokens),
        created_at=row.created_at,
        rotated_at=row.rotated_at,
        disabled_at=row.disabled_at,
        demo=row.demo,
        in_force_from=row.in_force_from,
        in_force_to=row.in_force_to,
    )


async def register(
    connection: AsyncConnection,
    *,
    client_id: str,
    organisation_id: UUID,
    label: str,
    jwks: Mapping[str, Any] | None,
    algorithms: Collection[str],
    scopes: Collection[str],
    purposes: Collection[str],
    default_purpose: str,
    now: datetime,
    documents: Collection[trusted.Document] | None = None,
    redirect_uris: Collection[str] = (),
    dpop_required: bool = False,
    issuer: str | None = None,
    demo: str | None = None,
) -> None:
    """Register a client; with `documents` it may run these and the shipped ones alone, without them any.

    With `issuer` its tokens come from there, and it has no keys here: `jwks` is None then, and only then.

    Raises `Problem`: INVALID with the place, CONFLICT if the id is taken, NOT_FOUND.
    """
    if not CLIENT_ID.fullmatch(client_id):
        raise invalid("a client id is 1 to 128 letters, digits, and . _ ~ -", rule="client-id", path=("client_id",))
    if not label.strip() or len(label) > 200 or not label.isprintable():
        raise invalid("a label is one line of 1 to 200 characters", rule="label", path=("label",))
    if (jwks is None) != (issuer is not None):
        raise invalid("a client has keys here, or an issuer that has them", rule="jwks-shape", path=("jwks",))
    if issuer is not None and redirect_uris:
        raise invalid("people sign in at the client's issuer", rule="redirects", path=("redirect_uris",))
    checked = [] if jwks is None else checked_algorithms(algorithms)
    values: dict[str, Any] = {
        "client_id": client_id,
        "organisation_id": organisation_id,
        "label": label,
        "algorithms": checked,
        "jwks": {"keys": []} if jwks is None else checked_jwks(jwks, checked),
        "scopes": _checked_scopes(scopes),
        "default_purpose": _checked_default(default_purpose, purposes),
        "purposes": [purpose.value for purpose in Purpose if purpose in set(purposes)],
        "only_documents": documents is not None,
        "redirect_uris": checked_redirects(redirect_uris),
        "dpop_required": dpop_required,
        "issuer": issuer,
        "created_at": now,
        "demo": demo,
    }
    body = tables.organisation.c.id
    if await connection.scalar(select(body).where(body == organisation_id)) is None:
        raise not_found("organisation")
    added = insert(tables.client).values(values).on_conflict_do_nothing().returning(tables.client.c.client_id)
    if await connection.scalar(added) is None:
        raise conflict("there is a client with this id", rule="client-exists")
    await trusted.trust(connection, client_id, documents or ())


async def list_clients(connection: AsyncConnection) -> list[Client]:
    """Every client, disabled ones too, by id."""
    rows = await connection.execute(client_query().order_by(tables.client.c.client_id))
    return [client_from(row) for row in rows]


async def find(connection: AsyncConnection, client_id: str) -> Client | None:
    """The client with this id, disabled or not."""
    if not CLIENT_ID.fullmatch(client_id):
        return None
    row = (await connection.execute(client_query().where(tables.client.c.client_id == client_id))).one_or_none()
    return None if row is None else client_from(row)


async def rotate(
    connection: AsyncConnection, *, client_id: str, jwks: Mapping[str, Any], keep_old: bool, now: datetime
) -> None:
    """Give the client new keys. With `keep_old` the old ones stay good too, until a further rotation without it.

    Tokens issued before live on until they expire; disable the client if its key has leaked. Raises `Problem`.
    """
    query = client_query().where(tables.client.c.client_id == client_id).with_for_update(of=tables.client)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise not_found("client")
    client = client_from(row)
    if client.disabled_at is not None:
        raise conflict("the client is disabled", rule="client-disabled")
    if client.issuer is not None:
        raise conflict("the client's keys are with its issuer", rule="client-of-another-issuer")
    new: list[dict[str, Any]] = checked_jwks(jwks, client.algorithms)["keys"]
    keys = [*client.jwks["keys"], *new] if keep_old else new
    if len(keys) > MOST_KEYS:
        raise invalid(f"a client has at most {MOST_KEYS} keys", rule="jwks-shape", path=("jwks", "keys"))
    must_have_distinct_kids(keys)
    changed = update(tables.client).where(tables.client.c.client_id == client_id)
    await connection.execute(changed.values(jwks={"keys": keys}, rotated_at=now))


async def disable(connection: AsyncConnection, *, client_id: str, now: datetime) -> None:
    """Stop the client: no more tokens at once, and within seconds (`tokens.CLIENT_TTL_S`) no use of those it has."""
    at = tables.client.c.disabled_at
    changed = update(tables.client).where(tables.client.c.client_id == client_id)
    done = changed.values(disabled_at=func.coalesce(at, now)).returning(tables.client.c.client_id)
    if await connection.scalar(done) is None:
        raise not_found("client")


def _checked_scopes(scopes: Collection[str]) -> list[str]:
    unknown = sorted(scope for scope in scopes if not is_known(scope))
    if unknown or not scopes:
        known = f"a FHIR scope is system/TYPE and letters of cruds in that order, the others are {', '.join(GRAPHQL)}"
        message = f"scopes must be known ones; unknown: {unknown}; {known}"
        raise invalid(message, rule="scope-unknown", path=("scopes",))
    return sorted(set(scopes))


def _checked_default(default_purpose: str, purposes: Collection[str]) -> Purpose:
    known = ", ".join(Purpose)
    unknown = sorted(set(purposes) - {purpose.value for purpose in Purpose})
    if unknown or not purposes:
        raise invalid(
            f"purposes must be known ones ({known}); unknown: {unknown}", rule="purpose-unknown", path=("purposes",)
        )
    if default_purpose not in purposes:
        raise invalid(
            "the default purpose is one of the client's", rule="purpose-not-registered", path=("default_purpose",)
        )
    if default_purpose == Purpose.SAFEGUARDING:
        raise invalid(
            "breaking the glass is always said, never a default", rule="default-purpose", path=("default_purpose",)
        )
    return Purpose(default_purpose)


def any_demo(url: str) -> bool:
    """Whether the database at `url` holds a client of the demo. For starting up, before there is a pool."""
    engine = create_engine(driver_url(url), hide_parameters=True)
    try:
        with engine.connect() as connection:
            found = select(tables.client.c.client_id).where(tables.client.c.demo.is_not(None)).limit(1)
            return connection.execute(found).first() is not None
    finally:
        engine.dispose()
