"""What a process that was killed leaves behind, for tests of clearing it."""

import re
import subprocess
import sys
from pathlib import Path

from poetcore.system.temporary import temporary_path


def left_by_a_killed_process(target: Path, folder: bool = True) -> Path:
    """Make a temporary folder with a file in it, or a file, as a process that has ended left it."""
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    named = temporary_path(target)
    ended = rf".{int(done.stdout)}.\1.tmp"
    left = named.with_name(re.sub(r"\.\d+-\w+\.([0-9a-f]{8})\.tmp$", ended, named.name))
    left.parent.mkdir(parents=True, exist_ok=True)
    if folder:
        left.mkdir()
        (left / "part.jpg").write_bytes(b"half of it")
    else:
        left.write_bytes(b"half of it")
    return left
