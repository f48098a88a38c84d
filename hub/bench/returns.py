"""SEN2 returns to import in the benchmarks: XML, and COLLECT's CSV export of the same persons."""

import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import IO, Any

from hub.county.bank_names import GIRLS, SURNAMES
from hub.law.interpretation import UPN_LETTERS


def sen2_return(la_code: str, persons: int, reference: date) -> Iterator[str]:
    """A SEN2 return with so many persons, each with a request, a plan, a review, a placement and two needs."""
    yield (
        "<?xml version='1.0' encoding='utf-8'?>\n<Message><Header><CollectionDetails><Collection>SEN2</Collection>"
        f"<Year>{reference.year}</Year><ReferenceDate>{reference}</ReferenceDate></CollectionDetails>"
        f"<Source><SourceLevel>L</SourceLevel><LEA>{la_code}</LEA><SoftwareCode>bench</SoftwareCode>"
        f"<Release>1</Release><SerialNo>1</SerialNo><DateTime>{reference}T09:00:00</DateTime></Source></Header><Persons>\n"
    )
    for number in range(1, persons + 1):
        yield _PERSON.format(upn=_upn(la_code, number), **_who(number))
    yield "</Persons></Message>\n"


def _upn(la_code: str, number: int) -> str:
    """In another range of numbers than those of the children that are loaded."""
    digits = f"{la_code}9{number:08}"
    total = sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return f"{UPN_LETTERS[total % 23]}{digits}"


_PERSON = (
    "<Person><Surname>{family}</Surname><Forename>{given}</Forename><PersonBirthDate>{born}</PersonBirthDate>"
    "<Sex>F</Sex><Ethnicity>WBRI</Ethnicity><PostCode>{home}</PostCode><UPN>{upn}</UPN><Requests>"
    "<ReceivedDate>2022-03-01</ReceivedDate><RequestSource>2</RequestSource><RYA>0</RYA>"
    "<RequestOutcomeDate>2022-04-05</RequestOutcomeDate><RequestOutcome>Y</RequestOutcome>"
    "<RequestMediation>0</RequestMediation><RequestTribunal>0</RequestTribunal>"
    "<Assessment><AssessmentOutcome>Y</AssessmentOutcome><AssessmentOutcomeDate>2022-10-20</AssessmentOutcomeDate>"
    "<Week20>0</Week20><NamedPlan><StartDate>2022-11-01</StartDate><PB>0</PB><OA>0</OA><PlanDetail><URN>100001</URN>"
    "<PlacementRank>1</PlacementRank><SENunitIndicator>0</SENunitIndicator>"
    "<ResourcedProvisionIndicator>0</ResourcedProvisionIndicator></PlanDetail></NamedPlan></Assessment>"
    "<ActivePlans><ReviewMeeting>2025-10-14</ReviewMeeting><ReviewOutcome>M</ReviewOutcome>"
    "<LastReview>2025-11-06</LastReview><PlacementDetail><URN>100001</URN><PlacementRank>1</PlacementRank>"
    "<EntryDate>2022-11-07</EntryDate><SENunitIndicator>0</SENunitIndicator>"
    "<ResourcedProvisionIndicator>0</ResourcedProvisionIndicator></PlacementDetail>"
    "<SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed>"
    "<SENneed><SENtype>SLCN</SENtype><SENtypeRank>2</SENtypeRank></SENneed></ActivePlans></Requests></Person>\n"
)


def _who(number: int) -> Mapping[str, Any]:
    """Names, a home and a day of one of some ten years: as many children are alike in them as in an authority of that
    size, for an import asks who may be whom."""
    district, sector, unit = number % 90 + 1, number // 90 % 9 + 1, number // 810 % 400
    return {
        "family": SURNAMES[number * 7 % len(SURNAMES)],
        "given": GIRLS[number * 11 % len(GIRLS)],
        "born": date(2010, 1, 1) + timedelta(days=number % 3_700),
        "home": f"ZZ{district} {sector}{UPN_LETTERS[unit // 20]}{UPN_LETTERS[unit % 20]}",
    }


def sen2_export(la_code: str, persons: int, reference: date, out: IO[bytes]) -> None:
    """The same persons as a zip of the nine files of a "Blade" CSV export."""
    said = f"1,SEN2,{reference.year},{reference:%Y-%b-%d} 00:00:00,{la_code}"
    header = f"sen2tableid,collection,year,referencedate,lea\n{said}\n"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("Blade-Export_sen2.csv", header)
        for part, (columns, row) in _ROWS.items():
            with archive.open(f"Blade-Export_{part}.csv", "w") as file:
                file.write(f"{columns}\n".encode())
                for number in range(1, persons + 1):
                    rows = row.format(number=number, upn=_upn(la_code, number), **_who(number))
                    file.write(f"{rows}\n".encode())


_ROWS: Mapping[str, tuple[str, str]] = {
    "person": (
        "persontableid,sen2tableid,surname,forename,personbirthdate,sex,ethnicity,postcode,upn",
        "{number},1,{family},{given},{born:%Y-%b-%d} 00:00:00,F,WBRI,{home},{upn}",
    ),
    "requests": (
        "requeststableid,persontableid,receiveddate,requestsource,rya,requestoutcomedate,requestoutcome,"
        "requestmediation,requesttribunal",
        "{number},{number},2022-Mar-01 00:00:00,2,false,2022-Apr-05 00:00:00,Y,false,false",
    ),
    "assessment": (
        "assessmenttableid,requeststableid,assessmentoutcome,assessmentoutcomedate,week20",
        "{number},{number},Y,2022-Oct-20 00:00:00,false",
    ),
    "namedplan": (
        "namedplantableid,assessmenttableid,startdate,pb,oa",
        "{number},{number},2022-Nov-01 00:00:00,false,false",
    ),
    "plandetail": (
        "plandetailtableid,namedplantableid,urn,placementrank,senunitindicator,resourcedprovisionindicator",
        "{number},{number},100001,1,false,false",
    ),
    "activeplans": (
        "activeplanstableid,requeststableid,reviewmeeting,reviewoutcome,lastreview",
        "{number},{number},2025-Oct-14 00:00:00,M,2025-Nov-06 00:00:00",
    ),
    "placementdetail": (
        "placementdetailtableid,activeplanstableid,urn,placementrank,entrydate,senunitindicator,"
        "resourcedprovisionindicator",
        "{number},{number},100001,1,2022-Nov-07 00:00:00,false,false",
    ),
    "senneed": (
        "senneedtableid,activeplanstableid,sentype,sentyperank",
        "{number}a,{number},ASD,1\n{number}b,{number},SLCN,2",
    ),
}
"""The columns of each part, and its rows for one person."""
