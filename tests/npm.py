"""The tools that checks and tests have from npm, in tests/node: `python -m tests.npm [SCRIPT]` installs them, if they
are not there, and runs the script.
"""

import subprocess
import sys
from pathlib import Path

from hub.web.graphiql_page import BuildError, find_npm, install

FOLDER = Path(__file__).parent / "node"


def node(script: str, *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script of tests/node."""
    _, environment = find_npm()
    command = ["node", str(FOLDER / script)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False)


def main(arguments: list[str]) -> int:
    try:
        install(FOLDER)
    except BuildError as problem:
        print(f"tests/node: {problem}", file=sys.stderr)
        return 1
    for script in arguments:
        done = node(script)
        print(done.stdout + done.stderr, end="")
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
