"""A local authority's SEN2 person-level return (XML): reading it, checking each person, and importing it."""
