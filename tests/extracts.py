"""Extracts as three differently shaped case systems write them, and how tests read and import them."""

import io
import zipfile
from collections.abc import Mapping as Map
from datetime import date
from pathlib import Path

from adapters.la_extract import decoding
from adapters.la_extract.importing import Taken, extract_of, import_extract, take
from adapters.la_extract.mapping import Mapping, read_mapping
from adapters.la_extract.persons import MAIN, persons
from hub.actions.import_report import ImportReport
from hub.actions.sen2_return import ReadPerson, ReturnHeader
from hub.actions.transaction import Transactions
from hub.law.vocabulary import Source

EXAMPLES = Path(decoding.__file__).parent / "examples"
DAY = date(2026, 11, 20)

ONE_ROW_A_CHILD = """\
Client ID,NHS No,Record Status,Last Name,First Name,DOB,Gender,Home Postcode,UPN,EHCNA Requested,Requested By,Decision \
Date,Decision,Plan Decision Date,Plan Decision,EHCP Start,School URN,Last Review Meeting,Review Outcome,Primary Need
C1,999 000 0018,Open,Appleby,Zoë,02/05/2013,Female,ZZ99 1AA,R990200013001,01/03/2022,School,05/04/2022,Agreed,\
20/10/2022,Issue,01/11/2022,100001,14/10/2025,No change,Autism
C2,,Open,Bancroft,Idris,23/11/2014,Male,zz99 1ab,,,,,,,,,,,,
C3,,Deleted,Castellano,Nia May,14/02/2010,Female,,,,,,,,,,,,,
"""
ONE_ROW_A_PLAN = """\
pupil_ref;surname;forename;born;sex;pc;upn;req_rcvd;req_source;req_decided;req_outcome;plan_decided;plan_start;plan_end;end_reason;urn
P-7;Appleby;Zoë;02-May-2013;F;ZZ99 1AA;R990200013001;01-Mar-2022;2;05-Apr-2022;ASSESS;20-Oct-2022;01-Nov-2022;;;100001
P-7;Appleby;Zoë;02-May-2013;F;ZZ99 1AA;R990200013001;10-Jan-2019;1;12-Feb-2019;NOASSESS;;;;;
P-8;Bancroft;Idris;23-Nov-2014;M;ZZ99 1AB;R990200014002;09-Jan-2023;1;13-Feb-2023;ASSESS;22-May-2023;;;;100002
"""
SEVERAL = {
    "children.csv": "ChildRef,Surname,Forenames,BirthDate,Sex,Postcode,UPN\n1,Appleby,Zoë,2013-05-02,F,ZZ99 1AA,\n",
    "cases.csv": "ChildRef,CaseRef,Received,SourceCode,Decided,Outcome\n1,a,2022-03-01,2,2022-04-05,Y\n"
    "1,b,2019-01-10,1,2019-02-12,N\n",
    "plans.csv": "ChildRef,CaseRef,DecidedOn,FinalOn,ReviewedOn,ReviewOutcome\n"
    "1,a,2022-10-20,2022-11-01,2025-10-14,M\n",
    "needs.csv": "ChildRef,CaseRef,Need,Rank\n1,a,ASD,1\n1,a,SLCN,2\n",
}


HEADER = ONE_ROW_A_CHILD.split("\n", 1)[0]
MARKED = (EXAMPLES / "one-row-a-child.yaml").read_text().replace("leave_out:", "deleted:")


def example(name: str) -> Mapping:
    return read_mapping((EXAMPLES / f"{name}.yaml").read_bytes())


def read(mapping: Mapping, *contents: bytes | str, files: dict[str, str] | None = None) -> list[ReadPerson]:
    given = {name: text.encode() for name, text in (files or {}).items()}
    for each in contents:
        given[MAIN] = each if isinstance(each, bytes) else each.encode()
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, mapping.system)
    return list(persons(extract_of(Taken("extract", given), mapping), header=header, today=DAY))


def read_file(path: Path) -> list[ReadPerson]:
    header = ReturnHeader(2026, DAY, "990", Source.EXTRACT, "caseworks")
    return list(persons(extract_of(take(path), example("one-row-a-child")), header=header, today=DAY))


async def do_extract(transactions: Transactions, mapping: Mapping, files: dict[str, bytes]) -> ImportReport:
    taken = Taken("extract", files)
    return await import_extract(transactions, None, taken=taken, mapping=mapping, authority_la_code="990", made_on=DAY)


def zipped(files: Map[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
