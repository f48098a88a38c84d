"""`hub token`: a token as a client's own system would get it."""

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
) -> None:
    """Get a token as the client's own system would: sign an assertion, ask the token endpoint, print the token."""
    from hub.auth.assertions import fetch_token

    settings = read_settings()
    private_key = json_file(key) if key else client_of(settings, client_id)["private_key"]
    if purpose is not None and not key:
        must_be_registered(purpose, client_of(settings, client_id)["purposes"])
    if purpose is not None:
        typer.echo(f"send with it: Purpose-Of-Use: {purpose}", err=True)
    say(fetch_token(running_at(settings), client_id, private_key, scope)["access_token"])
