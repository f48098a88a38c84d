"""The R4B models as a second check, for what the strict walk does not know (one value of several, formats of types).

They run on resources that the walk has found whole. Three inputs are known to escape the models as bare errors: an
unknown resourceType, one that is not text, and deep nesting. The walk refuses all three, and here is the second lock.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from fhir_core import fhirabstractmodel, utils
from pydantic import ValidationError

from adapters.nhs_fhir.shapes import model
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json, Located


def _remember_what_elements_are() -> None:
    """The models ask of each element of each object whether it is a list, and whether it is primitive. The library
    remembers a thousand such answers, but the types that are taken here have more elements: with many types in turn it
    would forget each before it is asked again. The answers themselves are the library's.
    """
    for name in ("is_list_type", "is_primitive_type"):
        answer: Callable[[Any], bool] = getattr(utils, name)
        setattr(fhirabstractmodel, name, cache(answer))


_remember_what_elements_are()


def check_model(located: Located, faults: Faults) -> None:
    """Adds what the R4B model of the resource says is wrong with it."""
    try:
        model(located.type).model_validate(_without_resources(located.resource))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            at = _path(located.at, each["loc"])
            if not faults.under(at):
                faults.add("fhir-r4", _rule(each["type"]), at, code="structure", status=400)
    except (KeyError, TypeError, RecursionError):
        faults.add("fhir-r4", "this is not a FHIR R4 resource", located.at, code="structure", status=400)


def _without_resources(resource: Json) -> Json:
    """A Bundle without its entries: each resource is checked by itself, and what is wrong with the rest of an entry the
    walk finds (a test holds that), at a tenth of the cost.
    """
    if resource["resourceType"] != "Bundle":
        return resource
    return {name: part for name, part in resource.items() if name != "entry"}


def _path(at: str, steps: tuple[int | str, ...]) -> str:
    """A pydantic location as FHIRPath."""
    return at + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _rule(kind: str) -> str:
    """What is wrong, in words that carry nothing of the input: the model's own message may quote it."""
    return f"not as the R4 definition of this element asks ({kind.replace('_', ' ')})"
