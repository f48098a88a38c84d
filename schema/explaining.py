"""What is told about an answer besides the answer, for who tries the schema out: never in production."""

from collections.abc import Mapping
from typing import Any

import orjson

from schema.answer import Answer, Request
from schema.execution import Execution
from schema.limits import Limits


def explained(execution: Execution, limits: Limits, request: Request, answer: Answer) -> bytes:
    """The response with its extensions: what it cost, whether one statement made it, and what it put on record."""
    cost = execution.cost(request)
    told: Mapping[str, Any] = {
        "cost": None if cost is None else {"nodes": cost.nodes, "most": limits.nodes, "depth": cost.depth},
        "compiled": answer.compiled,
        "disclosures": [
            {
                "children": len(each.children),
                "purpose": each.caller.purpose.value,
                "ground": each.ground,
                "shown": sorted(part.value for part in each.shown),
                "withheld": sorted(part.value for part in each.withheld),
            }
            for each in answer.readings
        ],
    }
    return answer.body[:-1] + b',"extensions":' + orjson.dumps({"explained": told}) + b"}"
