"""Extracts of an authority's case system, read by a mapping that the authority writes.

mapping.py      the mapping file: which column says what, by the names of the SEN2 return
decoding.py     bytes to text: UTF-8, UTF-16 or Windows-1252, or refused
rows.py         the rows of CSV and JSON Lines, each with its number
persons.py      rows to persons, read by the same rules as a return
importing.py    the import, and the look at a file before it
examples/       three mappings, for case systems of three shapes
"""
