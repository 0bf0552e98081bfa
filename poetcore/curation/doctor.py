"""The doctor: what is wrong with a workspace, and the repair of what can be repaired without asking.

It looks at runs with all their files, evaluations, comparisons, tunings, models, databases, the repairs of
datasets, uploads, what is published, and what killed processes left behind. Nothing that people made is
deleted: no picture, no run that can be read, no curve; what can be made again is, and what is damaged is set
aside.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from poetcore.curation.repair import Repairs
from poetcore.data.dataset import dataset_exists
from poetcore.data.listing import is_listing
from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.system.failures import as_poet_error
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.tuning.studies import studies
from poetcore.workspace.browse import recent_folders
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.file_checks import (
    check_caches,
    check_leftovers,
    check_models,
    check_published,
    check_summaries,
    check_uploads,
)
from poetcore.workspace.finding import Check, Finding, delete, set_aside, size_of
from poetcore.workspace.run_checks import check_demo_sets, check_runs
from poetcore.workspace.run_record import DAMAGED
from poetcore.workspace.workspace import Workspace

__all__ = ["CHECKS", "Repaired", "examine", "repair"]


@dataclass(frozen=True)
class Repaired:
    """What became of a finding.

    Attributes:
        finding: what was wrong.
        done: what was done; "" where nothing could be.
        failed: why a repair failed; "" where it did not.
    """

    finding: Finding
    done: str = ""
    failed: str = ""


def check_evaluations(workspace: Workspace) -> Iterator[Finding]:
    """Yield evaluations that cannot be read; what was said in a review of one stays."""
    for run in workspace.all_runs():
        folders = sorted((run.folder / "evaluations").glob("*/"))
        for folder in map(EvaluationFolder, folders):
            if folder.exists() and (said := _unreadable(folder)):
                files = (folder.metrics_file, folder.predictions_file)
                sentence = f"An evaluation of the run {run.name!r}: {said}"
                yield Finding("damage", folder.folder, sentence, repair=partial(set_aside, *files))


def check_comparisons(workspace: Workspace) -> Iterator[Finding]:
    """Yield what was kept for comparisons and cannot be read, or is of demo pictures that are gone."""
    for folder in map(EvaluationFolder, sorted(workspace.comparisons.glob("*/"))):
        if said := _unreadable(folder):
            sentence = f"Kept for a comparison, and made again when it is needed: {said}"
            yield Finding("damage", folder.folder, sentence, repair=partial(delete, folder.folder))
        elif not dataset_exists(Path(Evaluation.load(folder).metrics.folder)):
            yield Finding(
                "leftover",
                folder.folder,
                f"{folder.folder} was kept for a comparison on pictures that are gone: delete it.",
                size_of(folder.folder),
                partial(delete, folder.folder),
            )


def check_tunings(workspace: Workspace) -> Iterator[Finding]:
    """Yield tunings that cannot be read, or whose choice cannot."""
    for study in studies(workspace):
        status = study.current_status()
        if status.phase == DAMAGED:
            sentence = f"The tuning {study.name!r} cannot be used: {status.message} Or delete {study.folder}."
            yield Finding("damage", study.folder, sentence)
            continue
        try:
            study.choice()
        except PoetError as error:
            yield Finding("damage", study.folder, f"The tuning {study.name!r}: {error}")


def check_datasets(workspace: Workspace) -> Iterator[Finding]:
    """Yield datasets in which a repair was interrupted."""
    places = [*recent_folders(workspace)]
    with suppress(OSError):
        places += [one for one in sorted(workspace.datasets.iterdir()) if not one.name.startswith(".")]
    places += [part for one in places for part in (one / "train", one / "demo")]
    places += [Path(run.record().image_dir) for run in workspace.finished_runs()]
    for folder in dict.fromkeys(places):
        if not folder.is_dir() or is_listing(folder) or not (folder / ".poet").is_dir():
            continue
        with suppress(PoetError):
            repairs = Repairs(folder)
            if repairs.interrupted():
                sentence = f"A repair of {folder} was interrupted in the middle: let it come to its end."
                yield Finding("damage", folder, sentence, repair=partial(_recover, repairs))


#: Every check, by what it looks at.
CHECKS: dict[str, Check] = {
    "runs": check_runs,
    "evaluations": check_evaluations,
    "comparisons": check_comparisons,
    "tunings": check_tunings,
    "demo pictures": check_demo_sets,
    "models": check_models,
    "databases": check_caches,
    "datasets": check_datasets,
    "uploads": check_uploads,
    "published": check_published,
    "leftovers": check_leftovers,
    "summaries": check_summaries,
}


def examine(workspace: Workspace, on_progress: OnProgress | None = None) -> list[Finding]:
    """Return what is wrong with a workspace, what is damaged first; nothing is changed.

    Args:
        workspace: which one.
        on_progress: called in the phase `examining`.
    """
    found: list[Finding] = []
    for number, (name, check) in enumerate(CHECKS.items()):
        if on_progress:
            on_progress(Progress("examining", number, len(CHECKS)))
        try:
            found += check(workspace)
        except OSError as error:
            found.append(Finding("note", workspace.root, f"{name.capitalize()}: {as_poet_error(error)}"))
    order = {"damage": 0, "leftover": 1, "note": 2}
    return sorted(found, key=lambda one: order[one.kind])


def repair(findings: Sequence[Finding]) -> list[Repaired]:
    """Repair what can be repaired without asking, and return what became of each."""
    result = []
    for one in findings:
        what = Repaired(one)
        if one.repair:
            try:
                what = replace(what, done=one.repair())
            except (PoetError, OSError) as error:
                what = replace(what, failed=str(as_poet_error(error) or error))
        result.append(what)
    return result


def _unreadable(folder: EvaluationFolder) -> str:
    try:
        Evaluation.load(folder)
    except PoetError as error:
        return str(error)
    return ""


def _recover(repairs: Repairs) -> str:
    repairs.recover()
    return "the interrupted repair has come to its end"
