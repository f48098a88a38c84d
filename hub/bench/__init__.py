"""The benchmarks: how fast the hub reads and writes, beside what the machine could do and what others do.

`loading` makes the children (from `templates`, with `ids`), `scratch` the database, `servers` and `contenders` what is
measured, `client` and `pgbench` do the asking, `rounds` interleaves and takes medians, `printed` prints. `comparison`,
`growth`, `writes` and `explaining` are what `hub bench` does. Nothing is asserted about time: a table is printed.
"""
