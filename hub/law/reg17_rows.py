"""Of which parts some rows alone are open to a relationship, and whether one row is (SEND Regs 2014 reg. 17)."""

from collections.abc import Collection

from hub.law.purposes import Purpose
from hub.law.reg17_disclosure import ALL_PARTS, GATEWAYS, Gateway, Part, Relationship, Standing


def row_open(part: Part, standing: Standing, purpose: Purpose, *, meets: Collection[Relationship]) -> bool:
    """Whether one row of a part is open. `meets`: the relationships that narrow the part, and would open this row."""
    if part in standing.added:
        return True
    return any(
        part not in gateway.narrowed or gateway.relationship in meets for gateway in _opening(part, standing, purpose)
    )


def _opening(part: Part, standing: Standing, purpose: Purpose) -> list[Gateway]:
    return [
        gateway
        for gateway in GATEWAYS
        if gateway.relationship in standing.held and purpose in gateway.purposes and part in gateway.parts
    ]


def rows_kept(part: Part, standing: Standing, purpose: Purpose) -> str | None:
    """Where a part is open, and not every row of it: which rows alone are. None where all are, or none is."""
    if part in standing.added:
        return None
    opening = _opening(part, standing, purpose)
    if not all(part in gateway.narrowed for gateway in opening):
        return None
    return " ".join(gateway.narrowed[part] for gateway in opening) or None


def gateways_table() -> str:
    """What the statute alone opens, as Markdown: a row a relationship."""
    lines = ["| Who | Which parts | For which purposes | Provision |", "|---|---|---|---|"]
    for each in GATEWAYS:
        parts = "all" if each.parts == ALL_PARTS else _listed(each.parts)
        narrowed = " ".join(dict.fromkeys(each.narrowed[part] for part in sorted(each.narrowed)))
        said = f"{parts}. {narrowed}" if narrowed else parts
        lines.append(f"| **{each.relationship}** | {said} | {_listed(each.purposes)} | {each.rule} |")
    return "\n".join(lines)


def _listed(words: Collection[str]) -> str:
    return ", ".join(sorted(words))
