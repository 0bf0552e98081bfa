"""Demo pictures without a demo folder: a share kept aside of a dataset, and the testing pictures of a run.

Both are lists of contents (`data/held_out`), which work like a folder of demo pictures; no file is moved. The
one of a dataset stands in the workspace, and no training takes what is in it.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from poetcore.data.contents import paths_of
from poetcore.data.dataset import Dataset, dataset_exists
from poetcore.data.grouping import group_pictures
from poetcore.data.held_out import HeldOut, is_held_out, read_held_out, write_held_out
from poetcore.data.kept_share import Share, draw_share
from poetcore.data.layout import demo_beside
from poetcore.data.perceptual_hash import hash_all
from poetcore.errors import DatasetError
from poetcore.system.files import is_same_place, printable
from poetcore.system.names import to_name
from poetcore.system.progress import OnProgress
from poetcore.workspace.run import Run
from poetcore.workspace.titles import folder_title
from poetcore.workspace.workspace import Workspace

__all__ = [
    "automatic_demo",
    "dataset_title",
    "demo_of",
    "keep_aside",
    "keep_renamed",
    "kept_aside",
    "kept_pictures",
    "left_out",
    "make_testing_list",
    "release",
    "testing_list",
    "training_part",
]


def kept_aside(folder: Path, workspace: Workspace) -> Path | None:
    """Return the list of demo pictures that are kept aside of a dataset; None where there is none.

    Args:
        folder: the dataset's folder, or its CSV file.
        workspace: where the lists are.
    """
    with suppress(DatasetError):
        place = _place(folder, workspace)
        return place if is_held_out(place) else None
    return None


def kept_pictures(folder: Path, workspace: Workspace) -> HeldOut | None:
    """Return what is kept aside of a dataset; None where nothing is.

    Args:
        folder: the dataset's folder, or its CSV file; of a list of held-out pictures nothing is kept aside.
        workspace: where the lists are.

    Raises:
        DatasetError: the list cannot be read.
    """
    if is_held_out(folder):
        return None
    place = _place(folder, workspace)
    return read_held_out(place) if is_held_out(place) else None


def keep_aside(
    dataset: Dataset,
    workspace: Workspace,
    how: str,
    *,
    group_by: str = "near",
    on_progress: OnProgress | None = None,
) -> Path:
    """Keep pictures of a dataset aside as its demo pictures: later trainings leave them out.

    Groups are not divided, so that near duplicates of a demo picture are no training pictures; files stay
    where they are. Which pictures hangs on their contents alone, so that the same are drawn again.

    Args:
        dataset: the whole dataset; what was kept aside of it before is replaced.
        workspace: where the list goes.
        how: "20%", a share of each label, or "50", pictures of each label; never more than half of a label.
        group_by: what makes a group, one of `GROUP_BY`; near duplicates stay together in any case.
        on_progress: called in the phase `hashing`.

    Returns:
        The list.

    Raises:
        OptionError: `how` is neither.
        DatasetError: there are too few pictures, or these are held-out pictures themselves.
    """
    share, pictures = Share.parse(how), dataset.pictures
    if is_held_out(dataset.folder):
        raise DatasetError(
            f"{dataset_title(dataset.folder)} are held-out pictures themselves: keep some of their folder"
            f" aside, {printable(dataset.home)}."
        )
    with workspace.hash_index() as hashes:
        files = paths_of(pictures)
        hash_all(files, hashes, on_progress)
        by = "folder" if group_by == "folder" else "near"
        groups = group_pictures(pictures, by, hashes=hashes.get(files), folder=dataset.home)
    chosen = draw_share(pictures, groups, share)
    if not chosen.any():
        raise DatasetError(
            f"No picture of {printable(dataset.folder)} can be kept aside, because they are too few or"
            " too much alike: add different pictures, or keep none aside."
        )
    place = _place(dataset.folder, workspace)
    write_held_out(place, dataset.folder, pictures["sha"][chosen], str(share))
    return place


def keep_renamed(dataset: Dataset, workspace: Workspace) -> None:
    """Have the list of a dataset follow it where its folder was renamed or moved.

    Such a list is of a folder that is gone, and most of its pictures are in this dataset, of which nothing
    else is kept aside. A training calls this, so that it takes none of them by mistake.

    Args:
        dataset: the whole dataset.
        workspace: where the lists are.
    """
    if is_held_out(dataset.folder) or (new := _place(dataset.folder, workspace)).exists():
        return
    here = set(dataset.pictures["sha"])
    for file in sorted(workspace.demo_sets.glob("*.json")):
        with suppress(DatasetError):
            listed = read_held_out(file)
            if not dataset_exists(listed.home) and len(listed.contents & here) * 2 > len(listed.contents):
                write_held_out(new, dataset.folder, listed.contents, listed.how)
                file.unlink(missing_ok=True)
                return


def release(folder: Path, workspace: Workspace) -> None:
    """Undo `keep_aside`: later trainings take all pictures again."""
    if place := kept_aside(folder, workspace):
        place.unlink(missing_ok=True)


def training_part(dataset: Dataset, workspace: Workspace) -> Dataset:
    """Return a dataset without what is kept aside of it.

    Raises:
        DatasetError: the list of what is kept aside cannot be read.
    """
    kept = kept_pictures(dataset.folder, workspace)
    return dataset.among(kept.contents, without=True) if kept else dataset


def testing_list(run: Run) -> Path | None:
    """Return the testing pictures of a run as a list; None where there is none, as in older runs."""
    return run.testing_file if is_held_out(run.testing_file) else None


def left_out(run: Run, place: Path) -> bool:
    """Return whether a run was trained without the pictures of a list: kept aside, or only tested on."""
    known: set[str] = set()
    for file in (run.kept_aside_file, run.testing_file):
        with suppress(DatasetError):
            known |= read_held_out(file).contents
    with suppress(DatasetError):
        return read_held_out(place).contents <= known
    return False


def make_testing_list(run: Run) -> Path:
    """Write the testing pictures of a run as a list in its folder, and return that.

    Raises:
        DatasetError: it held out no pictures for testing.
        RunError: its split is missing or damaged.
    """
    split = run.split()
    tested = split.loc[split["split"] == "testing", "sha"]
    if tested.empty:
        raise DatasetError(f"The run {run.name!r} held out no testing pictures: choose a demo folder.")
    write_held_out(run.testing_file, Path(run.record().image_dir), tested)
    return run.testing_file


def automatic_demo(folder: Path | None, run: Run | None, workspace: Workspace) -> Path | None:
    """Return what a run is best evaluated on where nobody chose a demo folder.

    That is the demo folder beside its dataset, else what is kept aside of it, unless the run was trained
    before that was kept aside, else the run's testing pictures.

    Args:
        folder: the dataset; None for none.
        run: a finished run; None for none.
        workspace: where the lists are.
    """
    if folder and (beside := demo_beside(folder)):
        return beside
    place = kept_aside(folder, workspace) if folder else None
    if place and (run is None or left_out(run, place)):
        return place
    return testing_list(run) if run else None


def demo_of(run: Run, workspace: Workspace) -> Path:
    """Return what a run is evaluated on where no demo folder is named; an older run's list is made.

    Raises:
        DatasetError: there is no demo folder, nothing is kept aside, and no picture was held out for testing.
        RunError: the run is unfinished or damaged.
    """
    found = automatic_demo(Path(run.record().image_dir), run, workspace)
    return found or make_testing_list(run)


def dataset_title(path: Path) -> str:
    """Return what people call a dataset: "flowers/demo", "mushrooms (20 % kept aside)". Not escaped."""
    if not is_held_out(path):
        released = path.suffix == ".json" and path.parent.name == "demo_sets" and not path.exists()
        return f"{path.stem} (was kept aside)" if released else folder_title(path)
    run = Run(path.parent)
    if path == run.testing_file and run.exists():
        return f"testing pictures of {run.title}"
    try:
        listed = read_held_out(path)
    except DatasetError:
        return folder_title(path)
    return f"{folder_title(listed.home)} ({Share.parse(listed.how).words} kept aside)"


def _place(folder: Path, workspace: Workspace) -> Path:
    """Return where a dataset's list is or would be: named after it, with a hash where that name is taken.

    Raises:
        DatasetError: a list of that name is damaged.
    """
    folder = Path(os.path.realpath(folder))  # by whatever link it was given
    name = to_name(folder_title(folder, whole=True), "dataset")
    hashed = hashlib.sha1(str(folder).encode(errors="surrogateescape")).hexdigest()[:6]
    places = [workspace.demo_sets / f"{one}.json" for one in (name, f"{name}-{hashed}")]
    for place in places:
        # What is there and is no list is a damaged one: nobody may train on its pictures unknowingly.
        if place.exists() and is_same_place(read_held_out(place).home, folder):
            return place
    return places[0] if not places[0].exists() else places[1]
