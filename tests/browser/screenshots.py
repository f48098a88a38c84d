"""The pictures in the README: `python -m tests.browser.screenshots [BASE_URL]`, of its own demo or of one that runs."""

import base64
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from hub.web import graphiql_page
from hub.web.pages import style
from tests.browser.chromium import launch
from tests.browser.visiting import Visitor, visitor
from tests.running import running_hub

FOLDER = Path(style.__file__).parent / "screenshots"
AUTHORITY = ("Northmere County Council", "Bryony Castell")
BOARD = ("NHS Marchland Integrated Care Board", "Jarek Wilczynski")
TRUST = ("Mereside Children's Community NHS Trust", "Perpetua Adeyemi-Hall")
_SIZE = {"width": 1200, "height": 900}


def take(base: str) -> None:
    """Take every picture of the demo at this address."""
    style.build()
    graphiql_page.build()
    with sync_playwright() as playwright, launch(playwright) as browser:
        somebody = _signed_in(browser, base, *AUTHORITY)
        _shoot(somebody, "/board", "board")
        plans = "section[aria-labelledby=others] tr:has-text('Send the final EHC plan')"
        late = _first(somebody, "/board", f"{plans} a[href^='/children/']")
        _shoot(somebody, late, "timeline")
        _shoot(somebody, "/arrangements", "arrangements")
        _shoot(somebody, f"{_with_a_budget(somebody)}/budget", "budget")
        commissioner = _signed_in(browser, base, *BOARD)
        _shoot(commissioner, _first(commissioner, "/agreements", "main table a[href^='/agreements/']"), "section-g")
        clinician = _signed_in(browser, base, *TRUST)
        clinician.sees("/children")
        clinician.page.get_by_label("You look for").select_option("PROVISION_DELIVERY")
        clinician.page.get_by_role("button", name="Change").click()
        _shoot(clinician, f"{_first(clinician, '/children', 'main table a')}/plan", "plan-withheld", to="#section-D")
        _graphiql(visitor(browser, base)[0].page, base)


def _signed_in(browser: Browser, base: str, body: str, person: str) -> Visitor:
    made, _ = visitor(browser, base)
    made.page.set_viewport_size(_SIZE)  # pyright: ignore[reportArgumentType]  (a size)
    made.signs_in(body, person)
    return made


def _first(somebody: Visitor, path: str, link: str) -> str:
    somebody.sees(path)
    return str(somebody.page.locator(link).first.get_attribute("href"))


def _with_a_budget(somebody: Visitor) -> str:
    """The first child in the list whose budget can be drawn."""
    somebody.sees("/children")
    links = [str(each.get_attribute("href")) for each in somebody.page.locator("main table a").all()]
    return next(each for each in links if "Who pays what" in somebody.sees(f"{each}/budget"))


def _shoot(somebody: Visitor, path: str, name: str, *, to: str | None = None) -> None:
    somebody.sees(path)
    if to is not None:
        somebody.page.locator(to).evaluate("each => each.scrollIntoView()")
    _keep(somebody.page, name)


def _keep(page: Page, name: str) -> None:
    """What the page looks like, in the 256 colours that it has most of: a third of the bytes of all of them."""
    blank = page.context.new_page()
    wide, packed = blank.evaluate(_PIXELS, base64.b64encode(page.screenshot()).decode())
    blank.close()
    pixels = base64.b64decode(packed)
    colours = list(zip(pixels[0::4], pixels[1::4], pixels[2::4], strict=True))
    palette = [colour for colour, _ in Counter(colours).most_common(256)]
    places = {colour: _nearest(colour, palette) for colour in set(colours)}
    rows = bytes(places[colour] for colour in colours)
    drawn = b"".join(b"\0" + rows[at : at + wide] for at in range(0, len(rows), wide))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, len(rows) // wide, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for colour in palette for part in colour)),
        (b"IDAT", zlib.compress(drawn, 9)),
        (b"IEND", b""),
    )
    whole = b"".join(struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    (FOLDER / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + whole)


def _nearest(colour: tuple[int, int, int], palette: Sequence[tuple[int, int, int]]) -> int:
    return min(range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True)))


_PIXELS = """async taken => {
    const bytes = Uint8Array.from(atob(taken), each => each.charCodeAt(0));
    const drawn = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const inked = new OffscreenCanvas(drawn.width, drawn.height).getContext("2d");
    inked.drawImage(drawn, 0, 0);
    const {data} = inked.getImageData(0, 0, drawn.width, drawn.height);
    let text = "";
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return [drawn.width, btoa(text)];
}"""


def _graphiql(page: Page, base: str) -> None:
    """The trust's view of a plan: what it may not see, and why."""
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{base}/graphql")
    page.get_by_role("tab", name="Plan", exact=True).click()
    page.locator(".graphiql-query-editor", has_text="query Plan").wait_for()
    trust = page.locator("#view-as option", has_text="Trust system").get_attribute("value")
    page.get_by_label("View as").select_option(trust)
    page.get_by_role("complementary", name="About this answer").wait_for()
    page.wait_for_timeout(1_000)  # the editors colour their texts
    _keep(page, "graphiql")


def main(arguments: list[str]) -> int:
    if arguments:
        take(arguments[0])
        return 0
    with running_hub() as hub:
        take(hub.base_url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
