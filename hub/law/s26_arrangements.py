"""Joint commissioning arrangements: what they must contain (CFA 2014 s. 26).

An authority and its partner commissioning bodies must make arrangements about the education, health and care provision
for children and young people with SEN or a disability (s. 26(1)). S. 26(3) lists what they must consider and agree, and
s. 26(4) what that must in particular be about.
"""

from collections.abc import Collection, Mapping

REQUIREMENTS: Mapping[str, str] = {
    "s. 26(3)(a)": "The provision that SEN and disabilities reasonably require.",
    "s. 26(3)(b)": "What provision is to be secured.",
    "s. 26(3)(c)": "By whom it is to be secured.",
    "s. 26(3)(d)": "What advice and information about it is to be provided.",
    "s. 26(3)(e)": "By whom, to whom and how such advice and information is to be provided.",
    "s. 26(3)(f)": "How complaints about it may be made and are dealt with.",
    "s. 26(3)(g)": "Procedures to resolve disputes between the parties as quickly as possible.",
    "s. 26(4)(a)": "Securing EHC needs assessments.",
    "s. 26(4)(b)": "Securing the provision that EHC plans specify.",
    "s. 26(4)(c)": "Agreeing personal budgets under s. 49.",
}
"""Each paragraph, and what it asks, in the order of the Act."""


def missing(answered: Collection[str]) -> tuple[str, ...]:
    """The paragraphs that no clause answers, in the order of the Act; empty where the arrangements are complete."""
    return tuple(paragraph for paragraph in REQUIREMENTS if paragraph not in answered)
