"""A GraphQL document becomes one SQL statement whose first cell is the response, with the sharing rules inside.

| module | what |
|---|---|
| `documents.py` | a text, parsed, checked and measured once, and its plans |
| `selection.py` | what is asked of a type: fields, fragments and directives, collected as the specification says |
| `places.py` | the places in a statement that each request fills |
| `json_text.py` | JSON in a statement: built, or for lists written as text |
| `objects.py` | the JSON of an object: columns, relations, parts that are withheld |
| `withheld.py` | what is withheld of an object, and why |
| `lists.py` | a page of a list: ways in, order, cursors, counts |
| `root_fields.py` | a root field, and what the record needs of its rows |
| `plans.py` | the whole statement |
| `disclosed.py` | what a statement showed of which children, for the record |

What cannot be compiled raises `NotCompiledError`, and the resolvers answer it with the same result.
"""
