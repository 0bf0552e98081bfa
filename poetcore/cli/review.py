"""The command that reviews an evaluation: lists and adds verdicts, and tells the corrected accuracy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from poetcore.errors import DatasetError, RunError
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.curation.repair import Repairs
    from poetcore.evaluation.evaluation import Evaluation
    from poetcore.evaluation.review.review import Review
    from poetcore.workspace.evaluation_folder import EvaluationFolder
    from poetcore.workspace.run import Run

__all__ = ["review"]


def review(
    dir: Annotated[
        Path | None,
        typer.Argument(help="Demo folder that the run was evaluated on; by default that of the newest."),
    ] = None,
    run: RunOption = "latest",
    add: Annotated[
        Path | None,
        typer.Option(
            help="Add the verdicts of a CSV file: path (or sha), verdict (label_correct, label_wrong,"
            " ambiguous, unusable), right_label, comment."
        ),
    ] = None,
    take_over: Annotated[
        bool, typer.Option("--take_over", help="Add what other runs' reviews say of the same pictures.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Repair the demo folder by the verdicts, in one step that `undo` takes back."
        ),
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="List so many random pictures that are labelled as predicted, to review."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Review an evaluation: whether the model or the label is wrong, and the accuracy corrected for it."""
    from poetcore.cli.terminal import Terminal, command_line
    from poetcore.curation.repair import Repairs
    from poetcore.evaluation.evaluation import Evaluation
    from poetcore.evaluation.review.carried import review_figures
    from poetcore.evaluation.review.offers import offered_verdicts
    from poetcore.evaluation.review.progress import review_progress
    from poetcore.evaluation.review.review import Review, record_verdicts
    from poetcore.evaluation.review.sample import random_sample
    from poetcore.evaluation.review.verdict_file import read_verdicts
    from poetcore.system.wording import counted
    from poetcore.workspace.not_offered import refuse_multi_label

    terminal, place = Terminal(json), Workspace(workspace)
    chosen = place.run(run)
    folder = _evaluation_of(chosen, dir)
    evaluation = Evaluation.load(folder)
    if evaluation.metrics.multi_label:
        refuse_multi_label("review")
    lines: list[str] = []
    refused: list[dict[str, str]] = []
    added = 0
    if add:
        verdicts, refused = read_verdicts(add, evaluation)
        terminal.skipped("Not added", refused)
        if refused and not verdicts:
            raise DatasetError(
                f"No verdict of {add} was added: {refused[0]['path']} {refused[0]['reason'].rstrip('.')}."
            )
        added += len(record_verdicts(folder, evaluation, verdicts))
    offered = offered_verdicts(evaluation, folder, place)[0]
    if take_over:
        added += len(record_verdicts(folder, evaluation, offered))
        offered = []
    if added:
        lines.append(f"Added: {counted(added, 'verdict')}.")
    found = Review.of(folder)
    progress = review_progress(evaluation, found)
    figures = review_figures(evaluation, found)
    if progress.mistakes:
        lines.append(f"Misclassified pictures of {chosen.name}: {progress.words}.")
    else:
        lines.append(f"{chosen.name} misclassifies no picture; --sample 30 lists some to look at anyway.")
    if "sha" not in evaluation.predictions:
        lines.append("This evaluation is of an earlier version and cannot be reviewed: evaluate again.")
    elif progress.mistakes and found.verdicts.empty:
        lines.append("Say who was wrong on the page Evaluate, one key a picture, or with --add FILE.")
    if figures:
        lines += [f"Corrected accuracy: {figures['words']}.", *figures["sentences"]]
    if offered:
        lines.append(
            f"Other runs' reviews have {counted(len(offered), 'verdict')} on pictures that have none here:"
            " --take_over adds them."
        )
    drawn = random_sample(evaluation.predictions, sample, found) if sample else None
    if drawn is not None:
        lines += drawn["path"].tolist()
    step, repaired = None, 0
    if repair:
        repairs = Repairs(Path(evaluation.metrics.folder))
        step, repaired = _repair(repairs, evaluation, found)
        lines.append(
            f"Repaired: {counted(repaired, 'picture')}. Undo it with:"
            f" {command_line('undo', repairs.folder, step)}"
            if step
            else "Nothing to repair: no verdict asks for a change that is not made."
        )
    terminal.answer(
        {
            "run": chosen.name,
            "evaluation": folder.name,
            "folder": evaluation.metrics.folder,
            "review": str(folder.review_file),
            "verdicts": found.verdicts.to_dict("records"),
            "mistakes": progress.mistakes,
            "mistakes_reviewed": progress.reviewed,
            "corrected": figures,
            "added": added,
            "skipped": refused,
            "offered": len(offered),
            "sample": None if drawn is None else drawn["path"].tolist(),
            "step": step,
            "repaired": repaired,
        },
        *lines,
    )


def _evaluation_of(run: "Run", demo: Path | None) -> "EvaluationFolder":
    """Return where the evaluation of a run on a folder is kept, or its newest one."""
    from poetcore.evaluation.results import evaluation_of

    found = evaluation_of(run, demo) if demo else next(iter(run.evaluations()), None)
    if found is None:
        on = f" on {demo}" if demo else ""
        raise RunError(
            f"The run {run.name!r} was not evaluated{on}: use `python -m poetcore evaluate` first."
        )
    return found


def _repair(repairs: "Repairs", evaluation: "Evaluation", found: "Review") -> tuple[str | None, int]:
    """Repair the demo folder by verdicts; return the step, None where nothing was to be done."""
    from poetcore.curation.review_changes import review_changes

    before = {one.id for one in repairs.pending()}
    repairs.propose(review_changes(evaluation, found, repairs.verified()))
    own = {one.id for one in repairs.pending()} - before  # what someone else has pending stays so
    step = repairs.apply(own) if own else None
    return (step.id, len(step.of("applied"))) if step else (None, 0)
