"""What can be changed: a module a concern, each with a class of mutations that `schema/mutation.py` puts together."""
