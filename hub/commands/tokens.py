"""`hub token`: a token as a client's own system would get it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hub.commands import say
from hub.demo_file import client_of, json_file, must_be_registered, running_at
from hub.settings import read_settings


def token(
    client_id: str,
    scope: Annotated[str | None, typer.Option(help="Scopes, separated by spaces; left out: all that it has.")] = None,
    purpose: Annotated[
        str | None, typer.Option(help="A purpose that you will state; checked against the demo's.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The client's private key as a JWK; left out: demo.json's.")] = None,
    dpop: Annotated[
        bool,
        typer.Option("--dpop", help="Bind it to a new key (RFC 9449), and print one request's headers: curl -H @FILE."),
    ] = False,
    method: Annotated[str, typer.Option(help="With --dpop: the method of that request.")] = "POST",
    path: Annotated[str, typer.Option(help="With --dpop: the path of that request.")] = "/graphql",
) -> None:
    """Get a token as the client's own system would: sign an assertion, ask the token endpoint, print the token.

    With --dpop the headers are printed instead: the token and the proof, which is good once and for a minute.
    """
    from hub.auth.assertions import dpop_proof, fetch_token, new_client_key

    settings = read_settings()
    private_key = json_file(key) if key else client_of(settings, client_id)["private_key"]
    if purpose is not None and not key:
        must_be_registered(purpose, client_of(settings, client_id)["purposes"])
    if purpose is not None:
        typer.echo(f"send with it: Purpose-Of-Use: {purpose}", err=True)
    base_url = running_at(settings)
    if not dpop:
        say(fetch_token(base_url, client_id, private_key, scope)["access_token"])
        return
    bound_to = new_client_key("ES256")
    access_token: str = fetch_token(base_url, client_id, private_key, scope, bound_to=bound_to)["access_token"]
    address = base_url.rstrip("/") + path
    typer.echo(f"for one {method} {address} within a minute", err=True)
    say(f"Authorization: DPoP {access_token}")
    say(f"DPoP: {dpop_proof(bound_to, method, address, datetime.now(UTC), token=access_token)}")
