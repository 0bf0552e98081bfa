"""The commands that predict: a run's accuracy on a folder, and the labels of single pictures."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    EngineOption,
    ForceOption,
    JsonOption,
    OutputCsvOption,
    RunOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.errors import DatasetError, OptionError, PictureError, RunError
from poetcore.evaluation.frozen import GraphOptions, labels_file
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.figures import percent, score
from poetcore.system.options import build
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.evaluation import Evaluation
    from poetcore.evaluation.foreign_model import ForeignModel
    from poetcore.workspace.run import Run

__all__ = ["evaluate", "label_image"]


GraphOption = Annotated[
    Path | None, typer.Option(help="A frozen graph of the original script instead of a run.")
]
LabelsOption = Annotated[
    Path | None, typer.Option(help="The graph's labels file; beside it by default (_labels.txt).")
]


@takes_options_of(GraphOptions, after="labels")
def evaluate(
    dir: Annotated[
        Path | None,
        typer.Argument(
            help="Demo folder: one folder of pictures per label, or a CSV; by default the one beside the"
            " run's training pictures, else what is kept aside of them, else its testing pictures."
        ),
    ] = None,
    run: RunOption = "latest",
    graph: GraphOption = None,
    labels: LabelsOption = None,
    engine: EngineOption = DEFAULT_ENGINE,
    slices: Annotated[
        bool,
        typer.Option(
            "--slices",
            help="Tell where it fails more than elsewhere, by sub-folder, brightness, colour, sharpness, size"
            " and date taken.",
        ),
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Evaluate a run, or a frozen graph, on labelled pictures that it was not trained with.

    Pictures that the run has seen in training, the same or near duplicates, are found and excluded from
    the accuracy; where half or more were seen there is none.
    """
    from poetcore.cli.confusions import confusion_table, label_table
    from poetcore.cli.group_tables import evaluated_lines
    from poetcore.cli.label_sets import label_set_figures, label_set_tables
    from poetcore.cli.slices import slice_figures
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.evaluate import evaluate as evaluate_run
    from poetcore.evaluation.evaluate import evaluate_graph
    from poetcore.evaluation.headline import calibration_sentence, headline, leak_counts
    from poetcore.evaluation.unknown import NOT_KNOWN, novelty_sentences
    from poetcore.workspace.demo_sets import demo_of

    terminal, place = Terminal(json), Workspace(workspace)
    with terminal.bars() as bars:
        if graph:
            classifier = _graph_classifier(graph, labels, build(GraphOptions, options), engine)
            if dir is None:
                raise OptionError("Name the demo folder: what a graph was not trained with is not known.")
            evaluation = evaluate_graph(classifier, graph.name, dir, place, on_progress=bars.show)
            whole = "with --json"
        else:
            _tell_unused(labels, terminal)
            chosen = place.run(run)
            folder = dir or demo_of(chosen, place)
            evaluation = evaluate_run(chosen, folder, place, on_progress=bars.show, engine=engine)
            whole = f"with --json, on the page Evaluate, and in predictions.csv below {chosen.folder}"
        in_slices, slice_lines = slice_figures(evaluation, place, bars.show) if slices else ({}, [])
    metrics = evaluation.metrics
    terminal.skipped("Excluded", metrics.skipped)
    told = headline(metrics)
    review = None if graph else _review_of(chosen, evaluation, terminal)
    groups, group_lines = (None, []) if graph else evaluated_lines(chosen, evaluation, terminal)
    more = {"label_groups": groups and groups.values(), **in_slices}
    if metrics.multi_label:
        terminal.answer(
            label_set_figures(metrics)
            | more
            | {"mark": told.mark, "remarks": told.remarks, "leaks": evaluation.leaks()},
            f"{metrics.run} on {_called(Path(metrics.folder))}: {told.mark}.",
            f"Seen in training: {leak_counts(metrics)}.",
            *told.remarks,
            *label_set_tables(metrics),
            *group_lines,
            *slice_lines,
        )
        return
    terminal.answer(
        asdict(metrics)
        | more
        | {"mark": told.mark, "remarks": told.remarks, "leaks": evaluation.leaks(), "review": review},
        f"Accuracy of {metrics.run} on {_called(Path(metrics.folder))}: {told.sentence}.",
        f"Seen in training: {leak_counts(metrics)}.",
        *told.remarks,
        *([f"Corrected accuracy: {review['words']}.", *review["sentences"]] if review else []),
        f"Macro F1 {score(metrics.macro_f1)}, balanced accuracy {percent(metrics.balanced_accuracy)}, the"
        f" means of the labels with pictures: {metrics.macro_f1_labels} of {len(metrics.labels)}.",
        *filter(None, [calibration_sentence(metrics)]),
        *(novelty_sentences(metrics.novelty) or ([] if graph else [NOT_KNOWN])),
        *label_table(metrics),
        *confusion_table(metrics, whole),
        *group_lines,
        *slice_lines,
    )


@takes_options_of(GraphOptions, after="labels")
def label_image(
    files: Annotated[list[Path] | None, typer.Argument(help="Pictures, or folders of pictures.")] = None,
    image: Annotated[Path | None, typer.Option(help="One picture, as the original script asks.")] = None,
    run: RunOption = "latest",
    graph: GraphOption = None,
    labels: LabelsOption = None,
    engine: EngineOption = DEFAULT_ENGINE,
    top: Annotated[
        int | None,
        typer.Option(min=1, help="How many labels to show for each picture: 5, in a table the first."),
    ] = None,
    output_csv: OutputCsvOption = None,
    heat_maps: Annotated[
        Path | None,
        typer.Option(
            "--heat_maps", help="Folder for copies of the pictures that show where the first label is seen."
        ),
    ] = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Predict the most probable labels of pictures.

    A single picture gets a label a line and the evaluation time, as the original script prints them; several
    are a table.
    """
    from poetcore.cli.group_tables import decisions_of
    from poetcore.cli.heat_maps import write_heat_maps
    from poetcore.cli.predictions import prediction_lines
    from poetcore.cli.terminal import Terminal
    from poetcore.data.images import read
    from poetcore.data.label_sets import join_set
    from poetcore.data.listing import check_listing_file, write_listing
    from poetcore.data.litter import litter_among
    from poetcore.evaluation.classifier import Classifier, PictureClassifier
    from poetcore.evaluation.unsure import is_unsure
    from poetcore.system.files import printable, walk
    from poetcore.system.wording import counted

    terminal, place = Terminal(json), Workspace(workspace)
    paths: list[Path] = []
    wanted = [*(files or []), *([image] if image else [])]
    if not wanted:
        raise OptionError("No picture given: name one or more files, or folders of pictures.")
    for file in wanted:
        paths += [Path(entry.path) for entry in walk(file)] if file.is_dir() else [file]
    if not paths:
        raise DatasetError(f"No pictures in {', '.join(map(printable, wanted))}.")
    if graph and heat_maps:
        raise OptionError("A frozen graph has no heat maps: name a run, or omit --heat_maps.")
    if output_csv:
        check_listing_file(output_csv, force)
    classifier: PictureClassifier
    if graph:
        classifier = _graph_classifier(graph, labels, build(GraphOptions, options), engine)
    else:
        _tell_unused(labels, terminal)
        classifier = Classifier(place.run(run), place, engine)
    with terminal.bars() as bars:
        found = classifier.classify(paths, bars.show)
    # What phones put beside pictures is passed over, unless it was named itself.
    litter = litter_among({p.path: p.reason for p in found}) - set(wanted)
    found = [p for p in found if p.path not in litter]
    if not found:
        raise DatasetError(f"No pictures in {', '.join(map(printable, wanted))}.")
    skipped = [{"path": printable(p.path), "reason": p.reason} for p in found if p.probabilities is None]
    labelled = [p for p in found if p.probabilities is not None]
    terminal.skipped("Excluded", skipped)
    if output_csv:
        rows = [(os.path.abspath(p.path), join_set(p.predicted), p.confidence, p.unknown) for p in labelled]
        write_listing(output_csv, ("path", "label", "confidence", "unknown"), rows, force)
    decisions = decisions_of(None if graph else place.run(run), labelled, terminal)
    drawn = write_heat_maps(heat_maps, labelled, place.run(run), place, force) if heat_maps else []
    if drawn:
        terminal.message(f"{counted(len(drawn), 'heat map')} in {printable(drawn[0].parent)}.")
    seconds = None
    if len(labelled) == 1 and engine == DEFAULT_ENGINE:  # from the cache it would be no time at all
        seconds = classifier.classify_bytes(labelled[0].path.name, read(labelled[0].path)).seconds
    terminal.answer(
        {
            "predictions": [
                {
                    "path": str(p.path),
                    "scores": [{"label": label, "score": score} for label, score in p.top(top or 5)],
                    "unsure": p.thresholds is None and is_unsure(p.top(2)),
                    "unknown": p.unknown,
                    "novelty": p.novelty,
                }
                | ({} if p.thresholds is None else {"labels": list(p.predicted)})
                | decision.values()
                for p, decision in zip(labelled, decisions, strict=True)
            ],
            "skipped": skipped,
            "litter": len(litter),
            "evaluation_seconds": seconds,
            "heat_maps": [str(file) for file in drawn],
        },
        *prediction_lines(labelled, top, seconds, decisions),
    )
    if not labelled:
        raise PictureError(f"No picture could be labelled: {skipped[0]['path']} {skipped[0]['reason']}.")


def _review_of(run: "Run", evaluation: "Evaluation", terminal: "Terminal") -> dict[str, Any] | None:
    """Return the figures of the review of an evaluation; a damaged one costs no evaluation: that is told."""
    from poetcore.evaluation.review.carried import review_of

    try:
        return review_of(evaluation, run)
    except RunError as error:
        terminal.message(str(error))
        return None


def _called(folder: Path) -> str:
    """Return the folder as it was given, or what people call a list of held-out pictures."""
    from poetcore.data.held_out import is_held_out
    from poetcore.workspace.demo_sets import dataset_title

    return dataset_title(folder) if is_held_out(folder) else str(folder)


def _tell_unused(labels: Path | None, terminal: "Terminal") -> None:
    """Tell someone who takes it for the option of `retrain` that this one is of a graph."""
    if labels:
        terminal.message("--labels is not used: it is the file beside a --graph, and a run has its own.")


def _graph_classifier(
    graph: Path,
    labels: Path | None,
    options: GraphOptions,
    engine: str,
) -> "ForeignModel":
    from poetcore.evaluation.foreign_model import ForeignModel

    if engine != DEFAULT_ENGINE:
        raise OptionError("A frozen graph is run by TensorFlow, by none of Poet's engines: omit --engine.")
    if not graph.is_file():
        raise OptionError(f"No such graph: {graph}. Give a frozen graph, such as retrained_graph.pb.")
    return ForeignModel(graph, labels or labels_file(graph), options)
