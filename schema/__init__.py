"""The public GraphQL schema: a module a noun, three roots, and the reading that they share.

| module | what |
|---|---|
| `child.py`, `plan.py`, `provision.py`, `cooperation.py` ... | a type each, its fields with their meaning |
| `query.py`, `mutation.py`, `subscription.py` | the three roots |
| `mutations/` | the changes, a module a concern, and what they take |
| `projection.py`, `fields.py` | how a type stands for a table, and how that is declared |
| `roots.py`, `filters.py`, `narrowing.py`, `orders.py`, `paging.py` | what the fields of `Query` lead to; lists |
| `values.py`, `encoding.py`, `ids.py`, `scalars.py` | a value on its way in, and on its way out |
| `compile/` | the one way out: a document as one SQL statement that carries the sharing rules |
| `reading.py`, `moment.py`, `noting.py`, `pages.py` | the same by resolvers: mutations, events, errors, the oracle |
| `withholding.py` | saying what is withheld |
| `execution.py`, `compiled.py`, `answer.py` | one operation from document to answer, by one statement or by resolvers |
| `limits.py`, `tally.py` | what is too much to answer |
| `schema.graphql` | what it all prints (`make schema`), held by a test |
"""

from schema.vocabulary import register

register()  # before any type that uses the words is made
