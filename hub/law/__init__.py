"""The law: pure values and decisions, that a lawyer can read.

Standard library only: no clock, no database, no logging. What the day or the hour is, is always an argument.

    decisions.py            what a rule answers: Permit, Refuse, and Refusal (a refusal by law, with its provision)
    term.py                 a closed list of terms, each with its meaning
    vocabulary.py           the closed lists of terms that the Act, the Regulations and the returns use
    interpretation.py       identifiers (NHS number, UPN, ODS code and others), each with its check
    identity.py             when two records are one child's, and when somebody is asked
    caller.py               who is asking: organisation, person or client, purpose and scopes
    responsibility.py       which body answers for a child, for which provision, from when, why (s. 24, s. 26(8))
    periods.py              how weeks, months, days "beginning with" and working days are counted
    bank_holidays.py        the days that are not working days, as data
    duty_terms.py           the parts of a duty: holder, trigger, limit, relief
    duty_table.py           every statutory clock, as one table
    duties.py               when a duty is due and what state it is in
    s23_notification.py     a health body's opinion that a young child has SEN or a disability
    s31_cooperation.py      requests to co-operate: who may be asked, what may follow what, refusal with reasons
    s31_events.py           what can happen to a request
    reg8_time_limit.py      the six weeks to comply, and what relieves them
    reg17_disclosure.py     what each relationship to a child opens, for which purpose
    readings.md             how unclear provisions are read, and which test shows it
    rulebook.md             the rule book, made from tests/law
"""
