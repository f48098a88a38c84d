"""How a page tells who told who a child is."""

from hub.law.precedence import ChildField, StandsBy
from hub.law.vocabulary import Source
from hub.web.pages.told import differences, sources


def test_a_source_is_called_by_its_kind_its_system_and_its_body() -> None:
    def told(source: str, system: str | None = None, by: str | None = None) -> dict[str, object]:
        body = None if by is None else {"name": by}
        return {"source": source, "system": system, "saidBy": body, "saidOn": "2026-01-15", "withdrawnOn": None}

    child = {"sources": [told("SEN2_RETURN"), told("EXTRACT", "caseworks"), told("FHIR", by="Mere NHS Trust")]}
    assert [who for who, _, _ in sources(child)] == [
        "The SEN2 return",
        "An extract of caseworks",
        "A health system of Mere NHS Trust",
    ]
    assert sources({"sources": None}) == []
    assert len(sources({"sources": [told(each.value) for each in Source]})) == len(Source)


def test_each_field_is_told_as_it_is_written_elsewhere() -> None:
    said = {
        ChildField.DATE_OF_BIRTH: ("2013-05-02", "2 May 2013"),
        ChildField.SEX: ("FEMALE", "Female"),
        ChildField.NHS_NUMBER: ("9990000018", "999 000 0018"),
        ChildField.FAMILY_NAME: ("=Appleby", "=Appleby"),
    }
    child = {
        "disagreements": [
            {
                "field": field.value,
                "rule": "LATEST",
                "values": [
                    {
                        "source": "FHIR",
                        "system": None,
                        "saidBy": "RX1",
                        "value": value,
                        "on": "2026-01-15",
                        "stands": True,
                    }
                ],
            }
            for field, (value, _) in said.items()
        ]
    }
    found = list(differences(child))
    assert [each.words[0].value for each in found] == [shown for _, shown in said.values()]
    assert {each.because for each in found} == {StandsBy.LATEST.meaning}
    assert [each.field for each in found] == ["Date of birth", "Sex", "NHS number", "Family name"]
    assert found[0].words[0].source == "A health system of RX1"
