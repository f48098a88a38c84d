"""The public GraphQL schema: a module a noun, three roots, and the reading that they share.

| module | what |
|---|---|
| `child.py`, `plan.py`, `provision.py`, `cooperation.py` ... | a type each, its fields with their meaning |
| `query.py`, `mutation.py`, `inputs.py` | the roots, and what the mutations take |
| `projection.py`, `fields.py` | how a type stands for a table, and how that is declared |
| `reading.py`, `pages.py`, `filters.py`, `orders.py` | the one way out: selects that carry the sharing rules |
| `withholding.py` | saying what is withheld |
| `execution.py`, `limits.py`, `tally.py` | one operation from document to answer, and what is too much to answer |
| `schema.graphql` | what it all prints (`make schema`), held by a test |
"""

from schema.vocabulary import register

register()  # before any type that uses the words is made
