"""Other people's programs in Node, run against the hub: what `tests/node` pins."""

import json
import subprocess
from pathlib import Path
from typing import Any

from hub.web.npm import find_node

FOLDER = Path(__file__).parent / "node"


def run_tool(script: str, *arguments: str, told: str = "") -> Any:
    """What a script of `tests/node` prints, read as JSON; `told` is its standard input."""
    node = find_node()
    node.install(FOLDER)
    command = [node.node, str(FOLDER / script), *arguments]
    done = subprocess.run(command, input=told, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
