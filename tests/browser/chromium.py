"""The Chromium of this machine, for the tests that look at pages the way a person does."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Nothing but the page itself may use the network; tests often run as root in a container, hence no sandbox.
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name has an address: what a page asks of anybody but this machine fails before it leaves.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium_path() -> str | None:
    """The browser's path, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """The browser, closed again at the end."""
    path = chromium_path()
    if path is None:
        raise FileNotFoundError(f"none of {', '.join(NAMES)} is on the PATH")
    browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


WITH_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium_path() is None and not os.environ.get("CI"), reason="no Chromium on this machine: apt install chromium"
    ),
]
"""The marks of a module that needs a browser."""
