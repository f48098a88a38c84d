"""The SEND Hub. The map of the house:

law        what the statutes say, pure and dated             county    a synthetic county to look around in
db         tables, migrations, the sharing rules as SQL      auth      tokens in, callers out; the token server
audit      events and disclosures                            jobs      work that outlives its transaction
actions    one verb, one function, one transaction           web       the GraphQL endpoint, GraphiQL, health
app        connects the parts                                worker    runs the jobs
cli        the `hub` command

Beside it: `schema` (GraphQL), `adapters` and `fhir_mappings` (the outside world). Imports only ever point downwards.
"""
