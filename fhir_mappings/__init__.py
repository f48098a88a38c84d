"""Law values and FHIR R4 resources, each into the other. Pure, and imported by the adapters alone.

FHIR here is plain JSON (`Json`), not models: a resource that arrives has been checked against the R4B models before it
is read, and one that leaves is built as it will be written.
"""
