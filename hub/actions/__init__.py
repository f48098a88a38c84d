"""What can be done: one verb, one function, one transaction (`transaction.py`)."""
