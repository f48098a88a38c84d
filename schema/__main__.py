"""Prints the schema: `python -m schema > schema/schema.graphql`."""

import sys

from schema.execution import make_schema

sys.stdout.write(make_schema().as_str() + "\n")
