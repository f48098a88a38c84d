"""The synthetic county that `hub demo` loads. Pure: no clock, no file, no database; and nobody in it is real.

county.py           make_county(seed, today, children): the whole, and what demo.json says of it
clients.py          the software that acts for each body
stories.py          which stories there are and how many children have each
casework.py         the life that each story leads; moves.py, a child who changes authority
holdings.py         plans from first to last version; assessments.py, reviews.py, cooperation.py, budgets.py and
                    the other nouns write their own rows
contents.py         what a plan says of one child, out of the banks of threads (bank_*.py, filled in by threads.py)
clocks.py           duties, due when hub.law says
bodies.py people.py dates.py rows.py roles.py       who, when and what rows look like
"""
