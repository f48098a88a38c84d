"""The commands of `hub`, a module for each group. Each parses, calls one function, and says how it went by its status.

0 done whole, 1 a fault of the hub's own, 2 usage, 3 bad input (what was good is applied), 4 refused by law or sharing,
5 busy or unavailable.
"""

import os
import signal
import sys
import threading

import typer

BAD_INPUT, REFUSED, UNAVAILABLE = 3, 4, 5


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    typer.echo(text)
    sys.stdout.flush()


def end_with_stdin() -> None:
    """Ask this process to end, as an operator would, when whoever started it is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
