"""`hub client`: the systems that use this hub."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.commands import say
from hub.demo_file import json_file
from hub.settings import read_settings

if TYPE_CHECKING:
    from hub.auth.documents import Document

app = typer.Typer(no_args_is_help=True, help="Register the systems that use this hub.")

_DOCUMENTS = typer.Argument(help="GraphQL documents, a file each.", exists=True, dir_okay=False)


@app.command("add")
def add(
    client_id: str,
    organisation: Annotated[str, typer.Option(help="The ODS code or local authority code of the body it acts for.")],
    label: Annotated[str, typer.Option(help="What it is, in a line.")],
    scope: Annotated[list[str], typer.Option(help="A scope; repeat for several.")],
    purpose: Annotated[list[str], typer.Option(help="A purpose it may state; the first is its default.")],
    jwks: Annotated[
        Path | None, typer.Option(help="Its public keys as a JWKS file.", exists=True, dir_okay=False)
    ] = None,
    issuer: Annotated[
        str | None, typer.Option(help="In place of keys: the trusted issuer (HUB_ISSUERS) whose tokens name it.")
    ] = None,
    redirect: Annotated[
        list[str] | None,
        typer.Option(help="An address that people who sign in through it come back to (not in production)."),
    ] = None,
    dpop: Annotated[
        bool, typer.Option("--dpop", help="Its tokens must be bound to a key of its own (RFC 9449).")
    ] = False,
    algorithm: Annotated[
        list[str] | None, typer.Option(help="A signing algorithm; left out: those of its keys.")
    ] = None,
    document: Annotated[list[Path] | None, _DOCUMENTS] = None,
    only_documents: Annotated[
        bool, typer.Option("--only-documents", help="It may run no GraphQL document but the hub's and these files.")
    ] = False,
) -> None:
    """Register a system, and print what the engineer at the other end needs."""
    from hub.registering import SigningIn, add_client

    if document and not only_documents:
        raise typer.BadParameter("documents are given with --only-documents")
    say(
        add_client(
            read_settings(),
            client_id=client_id,
            organisation=organisation,
            label=label,
            jwks=json_file(jwks) if jwks else None,
            scopes=scope,
            purposes=purpose,
            algorithms=algorithm,
            signing_in=SigningIn(issuer=issuer, redirect_uris=redirect or [], dpop_required=dpop),
            own_documents=_documents_in(document or []) if only_documents else None,
        )
    )


@app.command("documents")
def documents(client_id: str, document: Annotated[list[Path], _DOCUMENTS]) -> None:
    """Let a system that was registered with --only-documents run these files too. It keeps those that it had."""
    from hub.registering import trust_documents

    say(trust_documents(read_settings(), client_id, _documents_in(document)))


def _documents_in(files: list[Path]) -> "list[Document]":
    from schema.documents import read

    return read(files)


@app.command("list")
def registered() -> None:
    """List the registered systems."""
    from hub.registering import list_clients

    say(list_clients(read_settings()))


@app.command("rotate")
def rotate(
    client_id: str,
    jwks: Annotated[Path, typer.Option(help="Its new public keys as a JWKS file.", exists=True, dir_okay=False)],
    keep_old: Annotated[bool, typer.Option(help="Let the old keys work beside the new ones.")] = False,
) -> None:
    """Give a system new keys."""
    from hub.registering import rotate_client

    say(rotate_client(read_settings(), client_id, json_file(jwks), keep_old=keep_old))


@app.command("disable")
def disable(client_id: str) -> None:
    """Stop a system from getting or using tokens."""
    from hub.registering import disable_client

    say(disable_client(read_settings(), client_id))
