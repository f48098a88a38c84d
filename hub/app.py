"""The composition root: the one place that connects the parts. Time, ids and settings come in as arguments."""

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute

from adapters.nhs_fhir import routes as fhir_routes
from hub import audit
from hub.actions.transaction import Transactions
from hub.auth import clients
from hub.auth.documents import TrustedDocuments
from hub.auth.dpop import Presented, presented_with
from hub.auth.endpoints import routes as oauth_routes
from hub.auth.issuers import trusted_issuers
from hub.auth.keys import audit_signer, signing_key
from hub.auth.own_pages import GRAPHIQL_PATH, RETURN_PATH, OwnWay, PageSignIn
from hub.auth.provider_pages import provider_ways
from hub.auth.rates import Rates
from hub.auth.sealing import Seal
from hub.auth.server import TokenServer
from hub.auth.tokens import TokenVerifier, challenge
from hub.clock import new_id, utc_now
from hub.db import migrate
from hub.db.feed import Feed
from hub.db.place import Place
from hub.db.session import Database
from hub.errors import Kind, NotReadyError, Problem
from hub.inboxes import EXTRACT_INBOX, SEN2_INBOX
from hub.law.caller import Caller
from hub.rulebook import rulebook_text
from hub.settings import Settings
from hub.standing import Stand
from hub.ways_in import ways_in
from hub.web import graphiql_page
from hub.web.audit_log import audit_routes
from hub.web.demo import demo_routes
from hub.web.edge import Edge, Plain
from hub.web.event_stream import OpenStreams
from hub.web.graphiql_sign_in import graphiql_sign_in_routes
from hub.web.graphql import graphql_routes, plain_answers
from hub.web.graphql_socket import socket_routes
from hub.web.health import health_routes
from hub.web.home import home_routes
from hub.web.imports import import_routes
from hub.web.operation import Documents
from hub.web.pages import page_routes, style, visiting_of
from hub.web.pages.asking import Execute, Holder
from schema.answer import Answer
from schema.answer import Request as Operation
from schema.documents import shipped
from schema.execution import Execution
from schema.explaining import explained
from schema.limits import Limits


@dataclass(frozen=True, slots=True)
class Demo:
    """Who may be looked through in a demo, and how a token is had for each; `examples` for GraphiQL's variables."""

    identities: tuple[Mapping[str, Any], ...]
    examples: Mapping[str, str]
    token: Callable[[str], Any]


def create_app(
    settings: Settings,
    place: Place,
    *,
    clock: Callable[[], datetime] = utc_now,
    ids: Callable[[], uuid.UUID] = new_id,
    demo: Demo | None = None,
) -> Starlette:
    """The hub as an ASGI application, on the database at `place`. In production there is no `demo`, if one is given."""
    demo = None if settings.production else demo
    database = Database(
        place.serving,
        read_url=place.replicas,
        pool_size=settings.pool_size,
        statement_timeout_ms=settings.statement_timeout_ms,
    )
    transactions = Transactions(database, clock=clock, new_id=ids)
    key = signing_key(settings)
    issuers = trusted_issuers(settings, key, clock)
    verifier = TokenVerifier(settings, database, issuers, clock)
    stand = Stand(database, version=migrate.latest(), clock=clock)
    rates = Rates(settings.client_requests_per_s)
    token_server = TokenServer(settings, key=key, database_url=place.serving, clock=clock)
    feed, open_streams = Feed(database), OpenStreams()
    ours = tuple(shipped())
    documents = TrustedDocuments(database, ours)
    denials = audit.Denials(database.statements, clock=clock, new_id=ids)
    limits = Limits(depth=settings.graphql_max_depth, nodes=settings.graphql_max_nodes)
    execution = Execution(
        transactions,
        clock=clock,
        new_id=ids,
        most_tokens=settings.graphql_max_tokens,
        limits=limits,
        compiled=settings.graphql_compiled,
        registered=[each.text for each in ours],
        ways=ways_in(settings),
    )

    async def authenticate(request: Request, *, machines_only: bool = False) -> Caller:
        given = request.headers.getlist("authorization")
        if len(given) > 1:
            raise Problem(Kind.UNAUTHENTICATED, "send one Authorization header", rule="token-malformed")
        purpose = request.headers.get("purpose-of-use")
        presented = presented_with(request, settings.address)
        caller = await verifier.caller(given[0] if given else None, purpose, presented, machines_only=machines_only)
        rates.count(caller, request.scope)
        return caller

    def sign_in(path: str, *, free: bool = False) -> PageSignIn:
        ways = [OwnWay(token_server, path), *provider_ways(token_server, issuers, path, free=free)]
        return PageSignIn(token_server, ways, verifier.forget)

    async def trusted(caller: Caller, query: str | None, document_id: str | None) -> str:
        try:
            return await documents.text(caller, query, document_id)
        except Problem as problem:
            if problem.kind is Kind.FORBIDDEN:
                await denials.deny(*audit.denial_of(problem, caller, audit.Operation("graphql:untrusted", query or "")))
            raise

    def answers(*, caller: Caller, **asked: Any) -> Awaitable[Answer]:
        return execution.answer(Operation(**asked), caller)

    def streams(*, caller_of: Callable[[], Awaitable[Caller]], **asked: Any) -> AsyncGenerator[Answer]:
        return execution.stream(Operation(**asked), caller_of=caller_of, feed=feed)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with feed.running():
            yield
        token_server.close()
        await database.close()

    graphql = graphql_routes(
        answers=answers,
        streams=streams,
        open_streams=open_streams,
        documents=trusted,
        authenticate=authenticate,
        page=graphiql_page.page,
        challenge=lambda problem: challenge(problem, settings),
        max_bytes=settings.graphql_max_bytes,
        explained=None if settings.production else _explained(execution, limits),
    )
    visiting = visiting_of(
        _shown(verifier, rates, trusted, execution), Seal(key), address=settings.address, clock=clock
    )
    routes: list[BaseRoute] = [
        *graphql,
        *fhir_routes(
            settings=settings, transactions=transactions, authenticate=partial(authenticate, machines_only=True)
        ),
        *socket_routes(
            streams=streams,
            open_streams=open_streams,
            documents=trusted,
            verify=verifier.caller,
            presented=lambda proofs: Presented(proofs, "GET", f"{settings.address}/graphql/ws"),
            address=settings.address,
            max_bytes=settings.graphql_max_bytes,
        ),
        *home_routes(
            version=version("send-hub"),
            environment=settings.environment,
            sdl=execution.schema.as_str(),
            visiting=visiting,
            standing=stand.look,
        ),
        *graphiql_page.routes(),
        *graphiql_sign_in_routes(
            sign_in(GRAPHIQL_PATH, free=True),
            address=settings.address,
            authenticate=authenticate,
            clock=clock,
            demo=demo is not None,
        ),
        *page_routes(visiting, sign_in(RETURN_PATH), clock=clock, rulebook=rulebook_text),
        *oauth_routes(token_server, issuers, on_revoked=verifier.forget, style=style.address()),
        *import_routes(
            [SEN2_INBOX, EXTRACT_INBOX],
            transactions=transactions,
            authenticate=authenticate,
            denials=denials,
            max_bytes=settings.import_max_bytes,
        ),
        *audit_routes(database, audit_signer(settings).witness, authenticate=authenticate),
        *health_routes(standing=stand.look),
        *(
            demo_routes(identities=demo.identities, examples=demo.examples, token=demo.token)
            if demo is not None
            else []
        ),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Edge, at_once=graphql)],
        exception_handlers={404: visiting.no_such_page},
        lifespan=lifespan,
    )
    app.state.stopping = feed.stop
    app.state.plain = Plain(
        "/graphql",
        plain_answers(
            answers=answers,
            remembered=verifier.remembered,
            count=lambda caller: rates.count(caller, {}),
            max_bytes=settings.graphql_max_bytes,
        ),
    )
    return app


def _explained(execution: Execution, limits: Limits) -> Callable[..., bytes]:
    def explain(answer: Any, **asked: Any) -> bytes:
        return explained(execution, limits, Operation(**asked), answer)

    return explain


def _shown(verifier: TokenVerifier, rates: Rates, trusted: Documents, execution: Execution) -> Execute:
    """What a page asks: a shipped document, for the holder of the token, like every other client."""

    async def execute(
        holder: Holder, document: str, variables: Mapping[str, Any], idempotency_key: str | None
    ) -> bytes:
        caller = await verifier.caller(f"Bearer {holder.token}", holder.purpose)
        rates.count(caller, {})
        asked = Operation(await trusted(caller, None, document), None, variables, idempotency_key)
        return (await execution.answer(asked, caller)).body

    return execute


def must_be_ready(settings: Settings, place: Place) -> None:
    """Raises `NotReadyError` unless this hub runs on the database, and that holds no demo keys in production."""
    if said := migrate.problem(migrate.latest(), *migrate.standing(place.serving)):
        raise NotReadyError(said)
    if settings.production and clients.any_demo(place.serving):
        raise NotReadyError(
            "this database holds the demo's clients, whose keys are published: it is not for production"
        )
