"""A new signing key in the place of the old: at no moment is a token refused that a hub has just given."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hub.auth.key_rotation import rotate
from hub.db.session import Database
from hub.errors import Problem
from hub.settings import SettingError
from tests.conftest import NOW
from tests.contract.oauth_hub import Hub, running_hub


@pytest.fixture
async def started(database: Database, tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[Hub]]]:
    """Starts one more hub on the keys as they are now."""
    async with AsyncExitStack() as stack:
        yield lambda: stack.enter_async_context(running_hub(database, tmp_path))


async def test_tokens_are_believed_by_hubs_of_the_step_before_and_after(
    started: Callable[[], Awaitable[Hub]], tmp_path: Path
) -> None:
    path = tmp_path / "keys/signing.jwk"
    hubs = [await started()]
    for _ in range(3):
        said = rotate(path, NOW, token_lifetime_s=300)
        assert said.startswith(f"{len(hubs)} of 3")
        hubs.append(await started())
    for hub in hubs:
        token = await hub.token()
        at = hubs.index(hub)
        for other in hubs[max(at - 1, 0) : at + 2]:
            assert (await other.verifier.caller(f"Bearer {token}", None)).organisation == hub.organisation
    assert [len((await each.http.get("/oauth/jwks")).json()["keys"]) for each in hubs] == [1, 2, 2, 1]
    assert hubs[0].key.kid != hubs[3].key.kid
    with pytest.raises(Problem):
        await hubs[3].verifier.caller(f"Bearer {await hubs[1].token()}", None)
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_jwk_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    for text in ("-----BEGIN PRIVATE KEY-----", json.dumps(["a list"])):
        path.write_text(text)
        with pytest.raises(SettingError, match="must be a JWK"):
            rotate(path, NOW, token_lifetime_s=300)
        assert path.read_text() == text
