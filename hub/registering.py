"""`hub client` and `hub organisation`: what an operator registers, and what the engineer at the other end must know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.auth import clients, documents
from hub.auth.issuers import rows_of
from hub.clock import new_id
from hub.db import tables
from hub.errors import conflict, invalid, not_found
from hub.law.interpretation import InvalidIdentifier, check_la_code, check_ods_code, check_urn
from hub.law.vocabulary import OrganisationKind
from hub.operating import body_of_code, in_transaction
from hub.settings import Settings


def add_organisation(settings: Settings, *, name: str, kind: str, code: str) -> str:
    """Register a body, by the code that its kind is known by."""
    if kind not in set(OrganisationKind):
        raise invalid(f"kind is one of {', '.join(OrganisationKind)}", rule="organisation-kind", path=("kind",))
    if not name.strip() or not name.isprintable():
        raise invalid("a name is one line of text", rule="organisation-name", path=("name",))
    schools = {OrganisationKind.SCHOOL, OrganisationKind.COLLEGE, OrganisationKind.EARLY_YEARS_PROVIDER}
    column, check = (
        ("la_code", check_la_code)
        if kind == OrganisationKind.LOCAL_AUTHORITY
        else ("urn", check_urn)
        if kind in schools
        else ("ods_code", check_ods_code)
    )
    try:
        body_id = new_id()
        values = {"id": body_id, "name": name, "kind": OrganisationKind(kind), column: check(code)}
    except InvalidIdentifier as error:
        raise invalid(error.message, rule=error.rule, path=("code",)) from error

    async def work(tx: Transaction) -> str:
        try:
            async with tx.savepoint():
                await tx.connection.execute(insert(tables.organisation).values(values))
        except IntegrityError as error:
            raise conflict("there is a body with this code", rule="organisation-exists") from error
        await tx.record(Event("organisation_registered", body_id, "Organisation", body_id, None, {"kind": kind}))
        return f"{name} is registered with the code {code}"

    return in_transaction(settings, work)


@dataclass(frozen=True, slots=True)
class SigningIn:
    """How a system gets its tokens, where it is not by its keys alone: see `clients.register`."""

    issuer: str | None = None
    redirect_uris: Sequence[str] = ()
    dpop_required: bool = False


def add_client(
    settings: Settings,
    *,
    client_id: str,
    organisation: str,
    label: str,
    jwks: Any,
    scopes: Sequence[str],
    purposes: Sequence[str],
    algorithms: Sequence[str] | None,
    own_documents: Sequence[documents.Document] | None = None,
    signing_in: SigningIn | None = None,
) -> str:
    """Register a system, and say what its engineers need; with documents, it may run these and the hub's alone."""
    by = signing_in or SigningIn()
    if (jwks is None) == (by.issuer is None):
        raise invalid("give its keys, or the issuer that has them", rule="jwks-shape", path=("jwks",))
    signing = [] if by.issuer is not None else list(algorithms or _algorithms(jwks))
    if by.issuer is not None and by.issuer not in {row.issuer for row in rows_of(settings)}:
        raise invalid("the issuer is not in the file HUB_ISSUERS", rule="issuer-unknown", path=("issuer",))

    async def work(tx: Transaction) -> str:
        body = await body_of_code(tx, organisation)
        await clients.register(
            tx.connection,
            client_id=client_id,
            organisation_id=body.id,
            label=label,
            jwks=jwks,
            algorithms=signing,
            scopes=scopes,
            purposes=purposes,
            default_purpose=purposes[0] if purposes else "",
            now=tx.now,
            documents=own_documents,
            redirect_uris=by.redirect_uris,
            dpop_required=by.dpop_required,
            issuer=by.issuer,
        )
        await tx.record(Event("client_registered", body.id, "Organisation", body.id, None, {"client_id": client_id}))
        said = "\n".join(
            [
                f"{client_id} is registered. For its engineers:\n",
                f"  acts for           {body.name} ({organisation})",
                f"  client id          {client_id}",
                *_how(settings, client_id, signing, by),
                *_where(settings, scopes, purposes),
            ]
        )
        return said if own_documents is None else f"{said}\n{_only(own_documents)}"

    return in_transaction(settings, work)


def _algorithms(jwks: Any) -> list[str]:
    """The `alg` of each key that names one; what is wrong with the keys themselves, registering them says."""
    try:
        return sorted({each["alg"] for each in jwks["keys"]})
    except (KeyError, TypeError) as error:
        raise invalid("give --algorithm, or keys that name their alg", rule="jwks-shape", path=("jwks",)) from error


def _how(settings: Settings, client_id: str, algorithms: Sequence[str], by: SigningIn) -> list[str]:
    """How the system gets its tokens."""
    base = settings.address
    if by.issuer is not None:
        return [
            f"  token issuer       {by.issuer}",
            f"  the token          for this hub (aud), typ at+jwt, with the client id {client_id}",
        ]
    lines = [
        f"  token address      {base}/oauth/token",
        "  grant              client_credentials, with a client_assertion (private_key_jwt)",
        f"  the assertion      signed with {' or '.join(algorithms)}; header kid; iss = sub = {client_id};",
        f"                     aud = {base}/oauth/token; jti new each time; exp at most 5 minutes ahead",
        "  the token          good for {} seconds; header Authorization: {} and the token".format(
            settings.token_lifetime_s, "DPoP" if by.dpop_required else "Bearer"
        ),
    ]
    if by.dpop_required:
        lines.append("  DPoP               a proof (RFC 9449) with each request for a token, and with each use of it")
    if by.redirect_uris:
        lines += [
            f"  people sign in at  {base}/oauth/authorize, with PKCE (S256); not in production",
            f"  and come back to   {' '.join(sorted(by.redirect_uris))}   (compared letter by letter)",
        ]
    return lines


def _where(settings: Settings, scopes: Sequence[str], purposes: Sequence[str]) -> list[str]:
    """What the system may do, and where."""
    base = settings.address
    return [
        f"  scopes             {' '.join(scopes)}",
        f"  purposes           {' '.join(purposes)}   (header Purpose-Of-Use; left out: {purposes[0]})",
        f"  GraphQL            POST {base}/graphql      the schema: {base}/schema.graphql",
        f"  FHIR R4            {base}/fhir/R4           what it can do: {base}/fhir/R4/metadata",
        f"  metadata           {base}/.well-known/oauth-authorization-server",
        f"  to end a token     POST {base}/oauth/revoke     to ask of one: POST {base}/oauth/introspect",
    ]


def _only(own: Sequence[documents.Document]) -> str:
    listed = "".join(f"\n  {each.id}  {each.name}" for each in own)
    return f"  documents          those that the hub ships{', and by documentId:' if own else ' alone'}{listed}"


def trust_documents(settings: Settings, client_id: str, own: Sequence[documents.Document]) -> str:
    """Let a system run further documents: those of its next version, say. It keeps what it had."""

    async def work(tx: Transaction) -> str:
        client = await clients.find(tx.connection, client_id)
        if client is None:
            raise not_found("client")
        if not client.only_documents:
            raise conflict("this client may run any document", rule="any-document")
        await documents.trust(tx.connection, client_id, own)
        await _record(tx, "client_documents_added", client_id)
        return f"{client_id} may run\n{_only(own)}"

    return in_transaction(settings, work)


async def _record(tx: Transaction, kind: str, client_id: str) -> None:
    client = await clients.find(tx.connection, client_id)
    if client is not None:
        body = client.organisation
        await tx.record(Event(kind, body, "Organisation", body, None, {"client_id": client_id}))


def list_clients(settings: Settings) -> str:
    """The registered systems: each with its body, its keys and since when they are good, and how it gets tokens."""

    async def work(tx: Transaction) -> str:
        return "\n".join(_line(each) for each in await clients.list_clients(tx.connection)) or _NO_SYSTEM

    return in_transaction(settings, work)


_NO_SYSTEM = "no system is registered: hub client add"


def _line(client: clients.Client) -> str:
    state = f"disabled {client.disabled_at:%Y-%m-%d}" if client.disabled_at else "active"
    kids = " ".join(key["kid"] for key in client.jwks["keys"])
    keys = f"keys {kids} (since {client.rotated_at or client.created_at:%Y-%m-%d})"
    marks = [
        keys if client.issuer is None else f"tokens of {client.issuer}",
        *(["DPoP"] if client.dpop_required else []),
        *([f"signs people in, back to {' '.join(sorted(client.redirect_uris))}"] if client.redirect_uris else []),
        *(["trusted documents alone"] if client.only_documents else []),
        *(["demo"] if client.demo else []),
    ]
    body = f"{client.organisation_code} {client.organisation_name}"
    return f"{client.client_id:<30} {state:<19} {client.label}; {body}; {'; '.join(marks)}"


def rotate_client(settings: Settings, client_id: str, jwks: Any, *, keep_old: bool) -> str:
    """Give a system new keys."""

    async def work(tx: Transaction) -> str:
        await clients.rotate(tx.connection, client_id=client_id, jwks=jwks, keep_old=keep_old, now=tx.now)
        await _record(tx, "client_rotated", client_id)
        client = await clients.find(tx.connection, client_id)
        kids = " ".join(key["kid"] for key in client.jwks["keys"]) if client else ""
        if keep_old:
            return (
                f"{client_id} has its new keys beside the old ones: {kids}\n"
                "when it signs with the new ones alone: hub client rotate, without --keep-old"
            )
        return f"{client_id} has its new keys: {kids}\nthe old ones sign for no more tokens"

    return in_transaction(settings, work)


def disable_client(settings: Settings, client_id: str) -> str:
    """Stop a system."""

    async def work(tx: Transaction) -> str:
        await clients.disable(tx.connection, client_id=client_id, now=tx.now)
        await _record(tx, "client_disabled", client_id)
        return f"{client_id} is disabled: no new tokens, and within seconds no use of those it has"

    return in_transaction(settings, work)
