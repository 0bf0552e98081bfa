"""The workspace: the folder in which Poet keeps what it makes, and the runs in it."""

import contextlib
import os
import re
import shlex
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from poetcore.data.file_index import FileIndex
from poetcore.errors import OptionError, RunError
from poetcore.system.locks import locked
from poetcore.system.names import check_name
from poetcore.system.paths import to_path
from poetcore.system.temporary import clear_leftovers, take_name, temporary_folder
from poetcore.system.unkept import is_read_only
from poetcore.workspace.records import read_json
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DAMAGED, Status

if TYPE_CHECKING:
    from poetcore.data.group_names import GroupNames
    from poetcore.data.perceptual_hash import HashIndex
    from poetcore.features.cache import FeatureCache
    from poetcore.workspace.demo_folders import DemoFolders

__all__ = ["Workspace", "check_run_name", "default_workspace"]

#: The folder of TensorBoard's event files, a folder a run.
_SUMMARIES = "training_summaries"


class Workspace:
    """The folder in which Poet keeps what it makes.

    Args:
        root: made when something is first written into it.
        models: where converted backbones are kept, if not in the workspace.
        bottlenecks: where the caches are kept, if not in the workspace.
        summaries: where TensorBoard's event files of the one run that is trained go, if not in the workspace;
            there they replace those of an earlier run, as the original script does it.
    """

    def __init__(
        self,
        root: Path,
        *,
        models: Path | None = None,
        bottlenecks: Path | None = None,
        summaries: Path | None = None,
    ) -> None:
        self.root = Path(os.path.abspath(root))
        if self.root.is_file():
            raise OptionError(f"{self.root} is a file: a workspace is a folder, which is made where needed.")
        self.datasets = self.root / "datasets"
        self.models = _folder(models) or self.root / "models"
        self.bottlenecks = _folder(bottlenecks) or self.root / "bottlenecks"
        self.summaries = _folder(summaries) or self.root / _SUMMARIES
        self.runs = self.root / "runs"
        self.tunings = self.root / "tunings"
        self.demo_sets = self.root / "demo_sets"
        self.comparisons = self.root / "comparisons"

    def file_index(self) -> FileIndex:
        """Open the index of files, to be closed by `with`."""
        return FileIndex(self.bottlenecks / "fingerprints.sqlite")

    def feature_cache(self) -> "FeatureCache":
        """Open the cache of feature vectors, to be closed by `with`."""
        from poetcore.features.cache import FeatureCache

        return FeatureCache(self.bottlenecks / "vectors.sqlite")

    def hash_index(self) -> "HashIndex":
        """Open the index of perceptual hashes, to be closed by `with`."""
        from poetcore.data.perceptual_hash import HashIndex

        return HashIndex(self.bottlenecks / "perceptual_hashes.sqlite")

    def group_names(self) -> "GroupNames":
        """Open the names under which groups of pictures were split, to be closed by `with`."""
        from poetcore.data.group_names import GroupNames

        return GroupNames(self.bottlenecks / "group_names.sqlite")

    def demo_folders(self) -> "DemoFolders":
        """Open the memory of demo folders as they were first evaluated, to be closed by `with`."""
        from poetcore.workspace.demo_folders import DemoFolders

        return DemoFolders(self.root / "demo_folders.sqlite")

    def summaries_of(self, name: str) -> Path:
        """Return the folder of a run's event files, which holds `train` and `validation`.

        Args:
            name: of the run.
        """
        return self.summaries / name if self.summaries == self.root / _SUMMARIES else self.summaries

    def meant_dataset(self, given: Path) -> Path:
        """Return the dataset that a path means: what is there, else one of this name in the workspace.

        The tutorials write `TFP_IMAGES_DIR="flower_photos"` for a folder below `tf_files`, and
        `--image_dir=tf_files/flower_photos` where downloads are now kept in its `datasets`.

        Args:
            given: a folder or a CSV file.

        Returns:
            Its path; as it was given where it is nowhere.
        """
        places = [given, self.root / given, self.datasets / given]
        with contextlib.suppress(ValueError):
            places.append(self.datasets / Path(os.path.abspath(given)).relative_to(self.root))
        return next((place for place in places if os.path.lexists(place)), given)

    def clear_leftovers(self) -> None:
        """Delete the temporary files and folders that killed processes left in the workspace."""
        if is_read_only():
            return
        inside: list[Path] = []
        for folder in (self.runs, self.tunings):
            with contextlib.suppress(OSError):  # there are none yet
                inside += folder.iterdir()
        inside += [*self.tunings.glob("*/predicted"), *self.runs.glob("*/exports/slideshow")]
        kept = (self.datasets, self.models, self.bottlenecks, self.demo_sets, self.comparisons)
        for folder in (self.root, *kept, self.runs, self.tunings, *inside):
            clear_leftovers(folder)

    def create_run(self, name: str | None = None) -> Run:
        """Create a run folder with nothing but the phase "starting".

        A run of that name that was killed, failed or was stopped gets another name; the message of the new
        one's status says so.

        Args:
            name: the run's name; without one it is the date and time.

        Raises:
            OptionError: the name is taken or cannot be a folder's name, or nothing is kept here.
        """
        if is_read_only():
            raise OptionError("Nothing is kept here: train on a computer of your own.")
        if name is not None:
            check_run_name(name)
        aside = self._free(name) if name is not None else ""
        stem = name or f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
        self.runs.mkdir(parents=True, exist_ok=True)
        with temporary_folder(self.runs / stem) as made:
            Run(made).write_status(Status("starting", pid=0, message=aside))
            for number in range(1, 1000):
                folder = self.runs / (stem if number == 1 else f"{stem}_{number}")
                if take_name(made, folder):
                    return Run(folder)
        raise OptionError(f"No free name like {stem!r} in {self.runs}.")

    def begin_run(self, name: str | None = None) -> Run:
        """Return the run that this process is to work on: one that was created for it, or a new one.

        Args:
            name: the run's name; without one it is the date and time.

        Raises:
            OptionError: the name is taken by a run that has begun, or cannot be a folder's name.
        """
        if name is not None:
            check_run_name(name)
        waiting = Run(self.runs / name) if name else None
        if waiting is None or not waiting.exists() or waiting.state() != "starting":
            waiting = self.create_run(name)
        before = waiting.status()
        waiting.write_status(Status("scanning", started=before.started, message=before.message))
        return waiting

    def _free(self, name: str) -> str:
        """Have the name of a run free for another, and return a sentence on what had it, or ""."""
        run = Run(self.runs / name)
        with contextlib.suppress(OSError):  # empty, it is what was killed at once
            run.folder.rmdir()
        if not os.path.lexists(run.folder):
            return ""
        if not run.exists() or run.current_status().phase not in ("failed", "cancelled"):
            raise OptionError(
                f"A run named {name!r} is there already: choose another name, or delete it with"
                f" `python -m poetcore runs --delete {shlex.quote(name)}`."
            )
        with locked(run.folder, "is being renamed"):
            for number in range(1, 1000):
                other = f"{name}_unfinished{'' if number == 1 else f'_{number}'}"
                if not os.path.lexists(self.runs / other):
                    run.folder.rename(self.runs / other)
                    if self.summaries_of(name) != self.summaries and self.summaries_of(name).is_dir():
                        self.summaries_of(name).rename(self.summaries_of(other))
                    return f"The unfinished run {name!r} is called {other!r} from now on."
        raise OptionError(f"No free name like {name!r} in {self.runs}.")

    def delete_run(self, run: Run) -> None:
        """Delete a run's folder with everything in it, its summaries, and comparisons that it is part of.

        Raises:
            OptionError: somebody works on it or reads it; nothing is deleted then.
        """
        run.delete("run")
        if self.summaries_of(run.name) != self.summaries:  # a folder that was named may hold anything
            shutil.rmtree(self.summaries_of(run.name), ignore_errors=True)
        for file in self.comparisons.glob("*/metrics.json"):
            with contextlib.suppress(RunError, AttributeError):  # a damaged one is made anew
                if read_json(file).get("run") == run.name:
                    shutil.rmtree(file.parent, ignore_errors=True)

    def all_runs(self) -> list["Run"]:
        """List every run, the newest first, damaged ones among them; other folders are skipped."""
        if not self.runs.is_dir():
            return []
        found = [(run.began(), run.name, run) for run in map(Run, self.runs.iterdir()) if run.exists()]
        return [run for *_, run in sorted(found, key=lambda one: one[:2], reverse=True)]

    def finished_runs(self) -> list["Run"]:
        """List the finished runs whose record can be read, the newest first; a damaged one is skipped."""
        return [run for run in self.all_runs() if run.state() == "done"]

    def run(self, name: str) -> "Run":
        """Find a finished run.

        Args:
            name: its name; `latest` is the newest that is finished.

        Raises:
            RunError: there is none of that name, or it is not finished.
        """
        runs = self.all_runs()
        if name == "latest":
            for run in runs:
                if run.state() == "done":
                    return run
            raise RunError(f"No finished run in {self.runs}: train one with `python -m poetcore retrain`.")
        for run in runs:
            if run.name == name:
                phase = run.current_status().phase
                if phase == DAMAGED:
                    raise RunError(f"The record of the run {name!r} cannot be read: train it again.")
                if phase != "done":
                    raise RunError(f"The run {name!r} is not finished (it is {phase!r}): choose another.")
                return run
        listed = ", ".join([run.name for run in runs if run.state() == "done"][:8]) or "none yet"
        raise RunError(f"No run named {name!r} in {self.runs}. There are: {listed}.")


def _folder(given: Path | None) -> Path | None:
    return Path(os.path.abspath(given)) if given else None


def check_run_name(name: str, subject: str = "A run's name") -> None:
    """Check that a text can be the name of a run: a folder's name on every system, and easy to type.

    Args:
        name: what was typed.
        subject: what it is to name, as the message begins.

    Raises:
        OptionError: it cannot.
    """
    check_name(name, subject)
    if not re.fullmatch(r"\w[\w .+-]*", name) or name == "latest":
        raise OptionError(
            f"{subject} has letters, digits, spaces and . _ + - only, begins with a letter or digit, and is"
            f" not 'latest', which stands for the newest one. Received: {name!r}."
        )


def default_workspace() -> Workspace:
    """Return the workspace of the environment: TFP_WORKSPACE, or tf_files in the current folder."""
    return Workspace(to_path(os.environ.get("TFP_WORKSPACE") or "tf_files"))
