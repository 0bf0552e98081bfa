"""The process that fine-tunes, as the one that trains the run follows it: its progress, its end, its stop.

A first Ctrl-C or SIGTERM, or a file that the page leaves, ends the training with the best so far; a second
one ends the run.
"""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from poetcore.errors import BackboneError, PoetError
from poetcore.system.processes import open_module, run_module, tail
from poetcore.system.progress import OnProgress, Progress

__all__ = ["run_front", "run_job"]

_MODULE = "poetcore.training.fine_tuning.worker"


def run_front(architecture: str, file: Path, on_progress: OnProgress) -> Path:
    """Return the LiteRT file of a network's frozen first part, written first where it is missing.

    Args:
        architecture: name of a single network.
        file: where it is kept.
        on_progress: called in the phase `feature_maps` where it is written.

    Raises:
        BackboneError: the network's weights cannot be had, or it cannot be cut.
    """
    if not file.is_file():
        on_progress(Progress("feature_maps", message=f"Dividing {architecture} for fine-tuning (once)"))
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            run_module(_MODULE, ["front", architecture, str(file)])
        except PoetError as error:
            raise BackboneError(str(error).removeprefix("Error: ")) from None
    return file


def run_job(folder: Path, stop: Path, on_progress: OnProgress) -> None:
    """Do the job in a folder in a process of its own, and wait for it.

    Args:
        folder: holds a `Job`; then an `Outcome` too.
        stop: the file that the job ends at.
        on_progress: called in the phase `fine_tuning`.

    Raises:
        PoetError: the process failed.
        KeyboardInterrupt: a second time, after training was told to end.
    """
    log = folder / "worker.log"
    with open_module(_MODULE, ["train", str(folder)], log) as child:
        assert child.stdout is not None
        try:
            while True:
                with contextlib.suppress(_StoppingError):
                    _relay(child.stdout, stop, on_progress)
                    break
        except BaseException:
            child.kill()
            raise
    if child.returncode != 0:
        last = next((line for line in reversed(tail(log, 20)) if line.strip()), "")
        raise PoetError(last.removeprefix("Error: ") or "Fine-tuning ended unexpectedly: train again.")


class _StoppingError(Exception):
    """Training was told to end."""


def _relay(lines: Iterable[str], stop: Path, on_progress: OnProgress) -> None:
    """Pass progress on until there is no more."""
    try:
        for line in lines:
            with contextlib.suppress(json.JSONDecodeError):
                on_progress(Progress("fine_tuning", **json.loads(line)))
    except KeyboardInterrupt:
        if stop.exists():
            raise
        stop.touch()
        raise _StoppingError from None
