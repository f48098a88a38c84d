"""`hub delivery`: what could not be delivered, or waits to be, and what to do about it."""

from uuid import UUID

from hub.actions.transaction import Transaction
from hub.db import dead_letters
from hub.db.deliveries import Delivery
from hub.errors import conflict, invalid, not_found
from hub.law.deliveries import DeliveryStatus, ReceiverStatus
from hub.operating import in_transaction
from hub.settings import Settings
from hub.telling_commands import meaning_of, receiver_of, uuid_of

MOST_LISTED = 200


def list_deliveries(settings: Settings, *, receiver_id: str | None, waiting: bool) -> str:
    """What could not be delivered, or what waits; oldest first."""
    statuses = [DeliveryStatus.WAITING] if waiting else [DeliveryStatus.DEAD]

    async def work(tx: Transaction) -> str:
        of = (await receiver_of(tx, receiver_id)).id if receiver_id else None
        found = await dead_letters.some_of_them(tx.connection, statuses, receiver_id=of, most=MOST_LISTED)
        lines = [_delivery_line(each) for each in found]
        if len(found) == MOST_LISTED:
            lines.append(f"the first {MOST_LISTED}: there may be more")
        return "\n".join(lines) or ("nothing waits" if waiting else await _nothing_dead(tx, of))

    return in_transaction(settings, work)


async def _nothing_dead(tx: Transaction, receiver_id: UUID | None) -> str:
    waits = await dead_letters.some_of_them(tx.connection, [DeliveryStatus.WAITING], receiver_id=receiver_id, most=1)
    return "nothing is dead" + ("; what waits: hub delivery list --waiting" if waits else "")


def show_delivery(settings: Settings, delivery_id: str) -> str:
    """Everything about one delivery."""

    async def work(tx: Transaction) -> str:
        found = await _delivery(tx, delivery_id)
        receiver = await receiver_of(tx, str(found.receiver_id))
        about = found.about
        lines = {
            "delivery": str(found.id),
            "receiver": f"{receiver.id} ({receiver.client_id}) at {receiver.address}",
            "tells of": f"{about.kind} at {about.at.isoformat()}: {about.type} {about.id}" if about else found.topic,
            "topic": found.topic,
            "stands": f"{found.status}: {found.status.meaning}",
            "attempts": f"{found.attempts}, the first at {found.first_tried_at or 'no time yet'}",
            "last failure": meaning_of(found.failed_with) if found.failed_with else "none",
            "next attempt": f"{found.due_at.isoformat()}" if found.status is DeliveryStatus.WAITING else "none",
        }
        return "\n".join(f"{name:<14} {said}" for name, said in lines.items())

    return in_transaction(settings, work)


def replay(settings: Settings, *, delivery_id: str | None, receiver_id: str | None) -> str:
    """Let one dead delivery, or all of a receiver's, be sent again with the ids they have."""
    if (delivery_id is None) == (receiver_id is None):
        raise invalid("name one delivery, or a receiver", rule="replay-what", path=("delivery",))

    async def work(tx: Transaction) -> str:
        one = await _delivery(tx, delivery_id) if delivery_id else None
        receiver = await receiver_of(tx, str(one.receiver_id) if one else receiver_id or "")
        count = await dead_letters.replay(
            tx.connection, now=tx.now, delivery_id=one.id if one else None, receiver_id=receiver.id
        )
        if not count:
            waits = one is not None and one.status is DeliveryStatus.WAITING
            hint = f": it waits. Once its receiver is mended: hub webhook test {receiver.id}" if waits else ""
            raise conflict(f"nothing of that is dead{hint}", rule="nothing-dead")
        once = f" once its receiver is on: hub webhook enable {receiver.id}"
        return f"{count} will be sent again{once if receiver.status is ReceiverStatus.OFF else ''}"

    return in_transaction(settings, work)


async def _delivery(tx: Transaction, delivery_id: str) -> Delivery:
    found = await dead_letters.find(tx.connection, uuid_of(delivery_id, "delivery"))
    if found is None:
        raise not_found("delivery")
    return found


def _delivery_line(each: Delivery) -> str:
    said = each.about.kind if each.about else each.telling.lower()
    failed = f"; {meaning_of(each.failed_with)}" if each.failed_with else ""
    return f"{each.id}  {each.created_at:%Y-%m-%d %H:%M}  {said} for {each.receiver_id}; {each.attempts} tries{failed}"
