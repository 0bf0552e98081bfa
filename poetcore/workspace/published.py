"""What the owner of a workspace published: runs with their evaluations, and datasets, for the public view.

A list of what may be shown, never of what may not: what is made, evaluated or put into a folder later is not
published until the owner publishes again. `published.json` names runs and evaluations; of a dataset the
pictures as they were are listed in `published/NAME.csv`, so a public view scans no folder.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from poetcore.data.dataset import scan
from poetcore.errors import OptionError, PoetError, RunError
from poetcore.system.checksums import sha256_of
from poetcore.system.files import is_same_place, write_whole
from poetcore.system.names import check_name, to_name
from poetcore.system.progress import OnProgress
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.records import as_record, read_json, read_record, read_table, to_csv
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Published",
    "PublishedRun",
    "PublishedSet",
    "PublishedWorkspace",
    "evaluations_of",
    "pictures_of",
    "publish_dataset",
    "publish_run",
    "published_file",
    "read_published",
    "withdraw",
]

#: Columns of the table of a published dataset.
_TEXTS, _NUMBERS = ("path", "label", "sha", "format"), ("bytes", "width", "height")

#: What to do where the list is damaged.
_REMEDY = "delete it and publish again"


@dataclass(frozen=True)
class PublishedRun:
    """A run that may be shown.

    Attributes:
        name: of the run.
        created: when it began, as its record says: a later run of the same name is another one.
        evaluations: the folder's name of each evaluation that may be shown -> what people call its pictures.
        predictions: the folder's name -> sha256 of its predictions: made again, it may have other pictures.
    """

    name: str
    created: str
    evaluations: Mapping[str, str]
    predictions: Mapping[str, str]

    def as_data(self) -> dict[str, Any]:
        """Return what is listed of it beside its name."""
        return {
            "created": self.created,
            "evaluations": dict(self.evaluations),
            "predictions": dict(self.predictions),
        }


@dataclass(frozen=True)
class PublishedSet:
    """A dataset that may be shown.

    Attributes:
        name: in addresses, and of its table; unlike its folder it tells nothing of the machine.
        title: what people call it.
        folder: where its pictures are; told to nobody.
    """

    name: str
    title: str
    folder: str


@dataclass(frozen=True)
class Published:
    """All that may be shown, by name, in the order in which it was published."""

    runs: Mapping[str, PublishedRun] = field(default_factory=dict)
    datasets: Mapping[str, PublishedSet] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.runs or self.datasets)


@dataclass(frozen=True)
class _Stored:
    """The content of `published.json`."""

    runs: dict[str, dict[str, Any]]
    datasets: dict[str, dict[str, str]]


class PublishedWorkspace(Workspace):
    """A workspace that has no other runs than the published ones, for the public view."""

    def all_runs(self) -> list[Run]:
        """List the published runs that are there as they were published, the newest first."""
        try:
            listed = read_published(self).runs.values()
        except RunError:
            return []
        found = [Run(self.runs / one.name) for one in listed if _is_there(self, one)]
        return sorted(found, key=lambda run: (run.began(), run.name), reverse=True)


def published_file(workspace: Workspace) -> Path:
    """Return the file that lists what is published."""
    return workspace.root / "published.json"


def read_published(workspace: Workspace) -> Published:
    """Read what is published; nothing where nobody published anything.

    Raises:
        RunError: the list is damaged.
    """
    file = published_file(workspace)
    if not file.is_file():
        return Published()
    stored = read_record(file, _Stored, _REMEDY)
    try:
        runs = [
            PublishedRun(name, one["created"], dict(one["evaluations"]), dict(one["predictions"]))
            for name, one in stored.runs.items()
        ]
        sets = [PublishedSet(name, one["title"], one["folder"]) for name, one in stored.datasets.items()]
        for name in (*stored.runs, *stored.datasets, *(name for one in runs for name in one.evaluations)):
            check_name(name, "A published name")  # one part of a path, as all that are written here
    except (KeyError, TypeError, ValueError, OptionError):
        raise RunError(f"{file} is damaged: {_REMEDY}.") from None
    return Published({one.name: one for one in runs}, {one.name: one for one in sets})


def publish_run(
    workspace: Workspace, run: Run, demo: Path | None = None, on_progress: OnProgress | None = None
) -> PublishedRun:
    """Publish a run with its evaluations; what was published of it before is replaced.

    Args:
        workspace: in which it is.
        run: a finished run.
        demo: publish its evaluation on these demo pictures alone; None for all that it has.
        on_progress: called in the phase `backbone` where its network must be prepared first, since a public
            view starts no process.

    Raises:
        BackboneError: its network cannot be prepared.
        RunError: it is damaged, has no such evaluation, or one that is too old to be shown.
    """
    chosen, predictions = {}, {}
    for folder in run.evaluations():
        place = Path(read_json(folder.metrics_file)["folder"])
        if demo is None or is_same_place(place, demo):
            table = folder.predictions()
            if "sha" not in table or (table["sha"] == "").any():
                raise RunError(
                    f"The evaluation of {run.title!r} on {dataset_title(place)} is of an earlier version,"
                    " which did not note the contents of pictures: evaluate again, then publish."
                )
            chosen[folder.name] = dataset_title(place)
            predictions[folder.name] = sha256_of(folder.predictions_file)
    if demo is not None and not chosen:
        raise RunError(f"The run {run.title!r} was not evaluated on {demo}: evaluate it there, then publish.")
    model = models_of(run, workspace, on_progress)
    for one in backbone_of(run).members:
        model(one)
    new = PublishedRun(run.name, run.record().created, chosen, predictions)
    with _changing(workspace) as (runs, _):
        runs[run.name] = new.as_data()
    return new


def publish_dataset(
    workspace: Workspace, folder: Path, on_progress: OnProgress | None = None
) -> tuple[PublishedSet, int]:
    """Publish the pictures of a dataset as they are now; published again, it replaces what was.

    Args:
        workspace: where it is listed.
        folder: a folder of label folders, a CSV file, or a list of held-out pictures.
        on_progress: called while it is scanned.

    Returns:
        The published dataset, and the number of its pictures.

    Raises:
        DatasetError: it cannot be used.
    """
    with workspace.file_index() as index:
        dataset = scan(folder, index, on_progress=on_progress)
    with _changing(workspace) as (_, sets):
        place, title = str(dataset.folder), dataset_title(dataset.folder)
        stem = to_name(title, "dataset")
        free = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(sets) + 2))
        name = next((n for n, one in sets.items() if one["folder"] == place), None)
        name = name or next(one for one in free if one not in sets)
        write_whole(_table(workspace, name), to_csv(dataset.pictures[[*_TEXTS, *_NUMBERS]]))
        sets[name] = {"title": title, "folder": place}
    return PublishedSet(name, title, place), len(dataset.pictures)


def withdraw(workspace: Workspace, name: str) -> list[str]:
    """Publish a run or a dataset no longer.

    Args:
        workspace: where it is listed.
        name: of the run; name or folder of the dataset.

    Returns:
        What was withdrawn, as a sentence names it.

    Raises:
        OptionError: nothing of that name is published.
    """
    with _changing(workspace) as (runs, sets):
        gone = [f"the run {name}"] if runs.pop(name, None) else []
        for one, values in list(sets.items()):
            if one == name or is_same_place(Path(values["folder"]), Path(name)):
                del sets[one]
                _table(workspace, one).unlink(missing_ok=True)
                gone.append(f"the dataset {one}")
        if not gone:
            listed = ", ".join([*runs, *sets]) or "nothing"
            raise OptionError(f"Nothing named {name!r} is published. Published: {listed}.")
    return gone


def pictures_of(workspace: Workspace, one: PublishedSet) -> "pd.DataFrame":
    """Read the pictures of a published dataset: path, label, sha, format, bytes, width, height.

    Raises:
        RunError: the table is missing or damaged.
    """
    return read_table(_table(workspace, one.name), _TEXTS, numbers=_NUMBERS)


def evaluations_of(workspace: Workspace, one: PublishedRun) -> list[EvaluationFolder]:
    """Return the evaluations of a published run that are as they were, in the order of their publication."""
    folders = [Run(workspace.runs / one.name).evaluation(name) for name in one.evaluations]
    return [folder for folder in folders if folder.exists() and _is_as_published(folder, one)]


def _is_there(workspace: Workspace, one: PublishedRun) -> bool:
    with suppress(RunError):
        return Run(workspace.runs / one.name).record().created == one.created
    return False


def _is_as_published(folder: EvaluationFolder, one: PublishedRun) -> bool:
    with suppress(OSError):
        return sha256_of(folder.predictions_file) == one.predictions.get(folder.name)
    return False


def _table(workspace: Workspace, name: str) -> Path:
    return workspace.root / "published" / f"{name}.csv"


@contextmanager
def _changing(workspace: Workspace) -> Iterator[tuple[dict[str, dict[str, Any]], dict[str, dict[str, str]]]]:
    """Give runs and datasets of the list to be changed, and write it; one process at a time."""
    file = published_file(workspace)
    workspace.root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(file.with_suffix(".lock"), timeout=10):
            now = read_published(workspace)
            runs = {n: one.as_data() for n, one in now.runs.items()}
            sets = {n: {"title": one.title, "folder": one.folder} for n, one in now.datasets.items()}
            yield runs, sets
            write_whole(file, as_record(_Stored(runs, sets)))
    except Timeout:
        raise PoetError(f"{file} is being written by another process: try again.") from None
