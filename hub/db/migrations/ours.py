"""Which tables the hub declares, and which belong to others in the same database."""

import re

_OTHERS = re.compile(r"procrastinate_.*|alembic_version|.*_(\d{4}_\d{2}|default)")


def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Not the job queue's tables, and not the partitions, which follow their parents."""
    return not (kind == "table" and name is not None and _OTHERS.fullmatch(name))
