"""`hub key`: the hub's own keys."""

import typer

from hub.commands import say
from hub.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="The hub's own keys.")


@app.command("make")
def make() -> None:
    """Make the hub's three keys where they are missing: in the files that the settings name, else in HUB_DATA_DIR."""
    from hub.auth.keys import make_keys

    for path, is_new in make_keys(read_settings()):
        say(f"{path}: {'made' if is_new else 'was there'}")
    say("the same three belong on every machine that runs a hub or a worker, and in the backup")


@app.command("rotate")
def rotate() -> None:
    """Take the next of three steps that put a new signing key in the place of the old, while the hubs serve."""
    from hub.auth.key_rotation import rotate
    from hub.auth.keys import signing_key, signing_key_path
    from hub.clock import utc_now

    settings = read_settings()
    signing_key(settings)  # there is one, and it can be read
    say(rotate(signing_key_path(settings), utc_now(), token_lifetime_s=settings.token_lifetime_s))
