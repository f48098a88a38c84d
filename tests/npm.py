"""The tools that checks and tests have from npm, in tests/node: `python -m tests.npm [SCRIPT]` installs them, if they
are not there, and runs the script.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hub.web.npm import BuildError, find_npm, install

FOLDER = Path(__file__).parent / "node"


def node(
    script: str, *arguments: str, told: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script of tests/node; `told` is its standard input."""
    _, environment = find_npm()
    return subprocess.run(
        ["node", str(FOLDER / script), *arguments],
        input=told,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read_from(script: str, *arguments: str, told: str) -> Any:
    """What a script of tests/node prints, read as JSON."""
    install(FOLDER)
    done = node(script, *arguments, told=told)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
