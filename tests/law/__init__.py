"""The rule book: a file a provision, a test a paragraph, in the words of the docstrings. `hub law` prints it."""
