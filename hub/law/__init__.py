"""The law: pure values and decisions, that a lawyer can read.

Standard library only: no clock, no database, no logging. What the day or the hour is, is always an argument.

A file stands for a provision and is named for it: `s31_...` of the Children and Families Act 2014, `reg17_...` of the
SEND Regulations 2014, `budget_...` of the Personal Budgets Regulations 2014. Each begins with its rules in words.
Beside them:

    decisions term transitions      what a rule answers; a closed list of terms; what may follow what, as a table
    vocabulary interpretation       the terms of the Act, the Regulations and the returns; identifiers and their checks
    caller purposes                 who is asking, and for what
    responsibility                  which body answers for a child, for which provision, from when, why
    periods bank_holidays           how weeks, months and working days are counted
    school_years                    ages and school years
    duty_terms duty_table duties    every statutory clock, as one table; when a duty is due and what state it is in
    notice_terms notices            which decision is told to whom, and what each notice must say
    safeguarding                    broken glass
    identity identity_rules         when two records are one child's
    precedence                      whose word stands when sources differ
    imports deliveries              the words for what comes in by file or message, and for what the hub tells
    retention retention_holds       how long a record is kept, and what keeps it longer
    readings.md                     how unclear provisions are read, and which test shows it
    rulebook.md                     the rule book, made from tests/law
"""
