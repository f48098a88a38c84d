"""Stub."""

from hub.settings import Settings


class Notification:
    topics = ()

    def __init__(self, settings: Settings) -> None: ...
    async def render(self, tx, receiver, delivery): ...
