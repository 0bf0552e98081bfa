"""What is wrong with the runs of a workspace, and with the lists of demo pictures."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from poetcore.data.dataset import dataset_exists
from poetcore.data.held_out import is_held_out, read_held_out
from poetcore.errors import PoetError
from poetcore.features.backbones import Backbone
from poetcore.features.litert import is_usable
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.finding import Finding, set_aside
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DAMAGED, Status
from poetcore.workspace.workspace import Workspace

__all__ = ["check_demo_sets", "check_runs"]


def check_runs(workspace: Workspace) -> Iterator[Finding]:
    """Yield what is wrong with runs, and folders among them that are none."""
    folders = sorted(workspace.runs.iterdir()) if workspace.runs.is_dir() else []
    for folder in (one for one in folders if one.is_dir() and not one.name.startswith(".")):
        run = Run(folder)
        if not run.exists():
            yield Finding(
                "note", folder, f"{folder} is no run: look into it, and delete it if it is nothing."
            )
            continue
        yield from _check_run(run, workspace)


def _check_run(run: Run, workspace: Workspace) -> Iterator[Finding]:
    status = run.current_status()
    if status.phase == DAMAGED:
        if _reads(run.record) is None and (again := _ended(run)):
            yield Finding(
                "damage",
                run.folder,
                f"What the run {run.name!r} is doing cannot be read, and its record is whole: it has ended.",
                repair=lambda: _write_status(run, again),
            )
        else:
            yield Finding(
                "damage",
                run.folder,
                f"The run {run.name!r} is damaged: {status.message} Or use runs --delete {run.name}.",
            )
            return
    elif not status.final:
        return
    elif _reads(run.status) is None and not run.status().final:
        message = f"The process of the run {run.name!r} ended unexpectedly."
        yield Finding("damage", run.folder, message, repair=lambda: _write_status(run, status))
    if _reads(run.record) is None:
        yield from _check_files(run, workspace)


def _check_files(run: Run, workspace: Workspace) -> Iterator[Finding]:
    """Yield which files of a finished run are damaged."""
    networks = backbone_of(run).members if _reads(lambda: backbone_of(run)) is None else ()
    for number, network in enumerate(networks):
        file = run.network_file(number)
        if file.is_file() and not is_usable(file):
            yield Finding(
                "damage",
                file,
                f"The network of the run {run.name!r} is damaged: it is copied again where the workspace has"
                " it; else train again.",
                repair=partial(_restore, run, workspace, network),
            )
    readers: tuple[tuple[Callable[[], object], str], ...] = (
        (run.head, ""),
        (run.split, ""),
        (run.cross_validation, "cross_validation.csv"),
        (run.novelty_pictures, "novelty.npy"),
        (run.label_groups, "label_groups.json"),
    )
    for read, name in readers:
        if name and not (run.folder / name).exists():
            continue
        if said := _reads(read):
            aside = name in ("novelty.npy", "label_groups.json")
            mend = partial(set_aside, run.folder / name) if aside else None
            named = f"The run {run.name!r}"
            sentence = said if said.startswith(named) else f"{named}: {said}"
            yield Finding("damage", run.folder, sentence, repair=mend)
    for listed in (run.testing_file, run.kept_aside_file):
        if listed.exists() and (said := _reads(lambda listed=listed: read_held_out(listed))):  # type: ignore[misc]
            yield Finding("damage", listed, said, repair=partial(set_aside, listed))


def check_demo_sets(workspace: Workspace) -> Iterator[Finding]:
    """Yield lists of demo pictures that are damaged, or whose dataset is not there."""
    for file in sorted(workspace.demo_sets.glob("*.json")):
        if said := _reads(lambda file=file: read_held_out(file)):  # type: ignore[misc]
            yield Finding("damage", file, said, repair=partial(set_aside, file))
        elif is_held_out(file) and not dataset_exists(home := read_held_out(file).home):
            yield Finding(
                "note",
                file,
                f"{file} lists demo pictures of {home}, which is not there: delete it if it stays away.",
            )


def _ended(run: Run) -> Status | None:
    """Return the status of a run whose record is whole."""
    began = run.began()
    return Status("done", started=began, heartbeat=began, pid=0) if _reads(run.record) is None else None


def _write_status(run: Run, status: Status) -> str:
    run.write_status(replace(status, pid=0))
    return f"its status is written as {status.phase}"


def _restore(run: Run, workspace: Workspace, network: Backbone) -> str:
    return f"{models_of(run, workspace)(network).name} is copied again"


def _reads(read: Callable[[], object]) -> str | None:
    """Return what reading says is wrong; None where nothing is."""
    try:
        read()
    except PoetError as error:
        return str(error)
    return None
