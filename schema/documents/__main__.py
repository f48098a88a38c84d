"""Holds the shipped documents against the schema: `python -m schema.documents` names those at fault."""

import sys

from schema.documents import built_schema, mistakes, shipped

schema = built_schema()
sys.exit("\n".join(f"{each.name}: {mistake}" for each in shipped() for mistake in mistakes(each, schema)) or None)
