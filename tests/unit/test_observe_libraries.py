"""What libraries log through Python's own logging says no more than the hub's own events."""

import subprocess
import sys

_PROGRAM = """
import logging
from hub import observe
observe.configure()
try:
    raise ValueError("Testchild, born 2016-03-04, 999 000 0018")
except ValueError:
    logging.getLogger("a.library").exception("it failed")
"""


def test_an_exception_of_a_library_is_logged_without_its_values() -> None:
    logged = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True).stderr
    assert logged == "ERROR a.library it failed\nValueError at <string>:6 <module>\n"
