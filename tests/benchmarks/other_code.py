"""Another state of the code to measure beside this one: a commit, or the folder of another checkout."""

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.benchmarks.compare import BaselineError
from tests.benchmarks.harness import ROOT

__all__ = ["lay_out"]


def lay_out(what: str, folder: Path) -> Path:
    """Copy another state of the code into a folder, with this checkout's benchmarks: both are measured alike.

    Args:
        what: a commit of this repository, or the folder of another checkout, of which also counts what is
            not committed.
        folder: a new one.

    Raises:
        BaselineError: it is neither.
    """
    try:
        if Path(what).is_dir():
            names = _git("-C", what, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
            top = Path(what)
            for name in filter(None, names.decode().split("\0")):
                if (top / name).is_file():  # it may be deleted, and that not committed
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(top / name, folder / name)
        else:
            packed = _git("-C", str(ROOT), "archive", "--format=tar", f"{what}^{{commit}}")
            with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
                archive.extractall(folder, filter="data")
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise BaselineError(
            f"{what} is neither a commit of this repository nor the folder of another checkout"
            f" ({_told(error)}): give one that `git log` or `git worktree list` shows."
        ) from None
    if not (folder / "poetcore").is_dir():
        raise BaselineError(f"{what} has no folder poetcore: give a commit or a checkout of this project.")
    shutil.rmtree(folder / "tests", ignore_errors=True)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], check=True, capture_output=True).stdout


def _told(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return error.stderr.decode(errors="replace").strip().splitlines()[0]
    return "git was not found"
