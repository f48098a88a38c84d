"""`hub webhook` and `hub delivery`: who is told of events, and what could not be delivered."""

from typing import Annotated

import typer

from hub.commands import UNAVAILABLE, say
from hub.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Tell portals and trusts of events.")
delivered = typer.Typer(no_args_is_help=True, help="What waits to be delivered, and what could not be.")

_ID = typer.Argument(help="The receiver's id: see hub webhook list.")
_NETWORK = typer.Option(
    "--network", help="Where its host is, as CIDR; repeat for several. Left out: in the public internet."
)
_SIGNATURE = typer.Option(help="ed25519 or hmac: how what is sent is signed.")


@app.command("add")
def add(
    client_id: str,
    address: str,
    reason: Annotated[str, typer.Option(help="What it is for, in a line.")],
    topic: Annotated[list[str] | None, typer.Option(help="Of what; repeat for several. Left out: everything.")] = None,
    network: Annotated[list[str] | None, _NETWORK] = None,
    purpose: Annotated[str | None, typer.Option(help="For which purpose; left out: the client's default.")] = None,
    signature: Annotated[str, _SIGNATURE] = "ed25519",
) -> None:
    """Register a webhook of a system, and print what its engineers need. Its key is shown this once."""
    from hub.webhooks import NewWebhook, add_webhook

    new = NewWebhook(client_id, address, topic or [], reason, network or [], purpose, signature)
    say(add_webhook(read_settings(), new))


@app.command("allow")
def allow(client_id: str, address: str, network: Annotated[list[str] | None, _NETWORK] = None) -> None:
    """Let a system's FHIR Subscriptions send to the host and port of this address."""
    from hub.webhooks import allow_host

    say(allow_host(read_settings(), client_id, address, network or []))


@app.command("list")
def listed() -> None:
    """List everybody who is told, by webhook or FHIR Subscription, with how that goes."""
    from hub.webhooks import list_webhooks

    say(list_webhooks(read_settings()))


@app.command("rotate")
def rotate(
    receiver: Annotated[str, _ID],
    signature: Annotated[str, _SIGNATURE] = "ed25519",
    at_once: Annotated[bool, typer.Option("--at-once", help="Let the old key sign no more.")] = False,
) -> None:
    """Give a receiver a new key, which is shown this once."""
    from hub.webhooks import rotate_webhook

    say(rotate_webhook(read_settings(), receiver, signature, at_once=at_once))


@app.command("disable")
def disable(receiver: Annotated[str, _ID]) -> None:
    """Tell a receiver nothing more; what it misses waits."""
    from hub.webhooks import turn_webhook_off

    say(turn_webhook_off(read_settings(), receiver))


@app.command("enable")
def enable(
    receiver: Annotated[str, _ID],
    from_now: Annotated[bool, typer.Option("--from-now", help="Leave out what it has missed.")] = False,
) -> None:
    """Tell a receiver that is off again, of what it missed too."""
    from hub.webhooks import turn_webhook_on

    say(turn_webhook_on(read_settings(), receiver, from_now=from_now))


@app.command("remove")
def remove(receiver: Annotated[str, _ID]) -> None:
    """Forget a receiver, its keys and its deliveries."""
    from hub.webhooks import remove_webhook

    say(remove_webhook(read_settings(), receiver))


@app.command("test")
def test(receiver: Annotated[str, _ID]) -> None:
    """Send a test to a receiver now, and say whether it was received."""
    from hub.webhooks import try_webhook

    said, received = try_webhook(read_settings(), receiver)
    say(said)
    if not received:
        raise typer.Exit(UNAVAILABLE)


@delivered.command("list")
def list_deliveries(
    receiver: Annotated[str | None, typer.Option(help="Only of this receiver.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="What waits, in place of what is dead.")] = False,
) -> None:
    """List what could not be delivered for three days, oldest first."""
    from hub.dead_letters import list_deliveries as found

    say(found(read_settings(), receiver_id=receiver, waiting=waiting))


@delivered.command("show")
def show(delivery: str) -> None:
    """Show one delivery: of what, to whom, how often it was tried and how it failed."""
    from hub.dead_letters import show_delivery

    say(show_delivery(read_settings(), delivery))


@delivered.command("replay")
def replay(
    delivery: Annotated[str | None, typer.Argument(help="One delivery.")] = None,
    receiver: Annotated[str | None, typer.Option(help="All that is dead of this receiver.")] = None,
) -> None:
    """Send what is dead again, with the ids that it has."""
    from hub.dead_letters import replay as again

    say(again(read_settings(), delivery_id=delivery, receiver_id=receiver))
