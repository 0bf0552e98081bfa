"""The command `retrain`, with every option of the TensorFlow for Poets script by its own name."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    ForceOption,
    JsonOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.cli.training_lines import TrainingLines, VerboseOption
from poetcore.errors import OptionError
from poetcore.features.backbones import DEFAULT, from_environment
from poetcore.features.network_file import find_network, spelled_out
from poetcore.system.figures import duration
from poetcore.system.options import build, check_number, options_of
from poetcore.training.config import RunConfig
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["retrain"]

ArchitectureOption = Annotated[
    str,
    typer.Option(
        default_factory=lambda: from_environment(os.environ),
        show_default=False,
        help=f"{options_of(RunConfig)['architecture'].help}"
        f"  [env: TFP_ARCHITECTURE, TFP_RELATIVE_SIZE, TFP_IMAGE_SIZE; default: {DEFAULT}]",
    ),
]


@takes_options_of(RunConfig)
def retrain(
    *,
    architecture: ArchitectureOption,
    print_misclassified_test_images: Annotated[
        bool,
        typer.Option(
            "--print_misclassified_test_images",
            help="Print path, true label and predicted label of each misclassified test picture.",
        ),
    ] = False,
    output_graph: Annotated[
        Path | None,
        typer.Option("--output_graph", help="Write a frozen graph too, as `export` does at any time."),
    ] = None,
    output_labels: Annotated[
        Path | None,
        typer.Option(
            "--output_labels",
            help="Write the labels there, one a line, as the original script does: in lower case, with"
            " nothing but a-z, 0-9 and spaces.",
        ),
    ] = None,
    intermediate_output_graphs_dir: Annotated[
        Path | None,
        typer.Option(
            "--intermediate_output_graphs_dir",
            help="Folder for intermediate graphs; WORKSPACE/intermediate_graphs by default.",
        ),
    ] = None,
    intermediate_store_frequency: Annotated[
        int,
        typer.Option(
            "--intermediate_store_frequency", help="Steps between two intermediate graphs; 0 for none."
        ),
    ] = 0,
    model_dir: Annotated[
        Path | None, typer.Option("--model_dir", help="Folder for backbones; WORKSPACE/models by default.")
    ] = None,
    bottleneck_dir: Annotated[
        Path | None,
        typer.Option(
            "--bottleneck_dir", help="Folder for the feature cache; WORKSPACE/bottlenecks by default."
        ),
    ] = None,
    summaries_dir: Annotated[
        Path | None,
        typer.Option(
            "--summaries_dir",
            help="Folder for TensorBoard's files of this run, train and validation; those of an earlier run"
            " there are replaced. WORKSPACE/training_summaries/RUN by default.",
        ),
    ] = None,
    force: ForceOption = False,
    verbose: VerboseOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Train the last layer of a pre-trained network on the labels of a folder."""
    from poetcore.cli.terminal import Terminal, next_line
    from poetcore.evaluation.frozen import check_output_layer
    from poetcore.evaluation.graphs import labels_in_original_form
    from poetcore.export.export import export
    from poetcore.export.graph_format import FROZEN_GRAPH
    from poetcore.export.intermediate_graphs import IntermediateGraphs
    from poetcore.system.outputs import write_output
    from poetcore.training.final_test import run_remarks, why_they_differ
    from poetcore.training.retrain import retrain as train
    from poetcore.training.verdict import run_verdict

    check_number(intermediate_store_frequency, "intermediate_store_frequency")
    if intermediate_store_frequency < 0:
        raise OptionError(
            "intermediate_store_frequency must be 0, for none, or more."
            f" Received: {intermediate_store_frequency}."
        )
    if intermediate_store_frequency and options["head"] == "ridge":
        raise OptionError(
            "Ridge regression has no steps, so there are no intermediate graphs: omit"
            " --intermediate_store_frequency, or choose --head gradient_descent."
        )
    # A script passes an empty one where its variable is not set.
    place = Workspace(workspace, models=model_dir, bottlenecks=bottleneck_dir, summaries=summaries_dir)
    chosen = spelled_out(architecture or from_environment(os.environ))
    config = build(RunConfig, options | {"architecture": chosen})
    check_output_layer(config.final_tensor_name)
    _check_places(
        config.demo_dir,
        output_graph,
        output_labels,
        {
            "bottleneck_dir": bottleneck_dir,
            "intermediate_output_graphs_dir": intermediate_output_graphs_dir,
            "model_dir": model_dir,
            "summaries_dir": summaries_dir,
        },
        force,
    )
    network = find_network(chosen, place.models, config.input_scaling)
    if output_graph or intermediate_store_frequency:
        FROZEN_GRAPH.check_backbone(network)
    graphs = IntermediateGraphs(
        network,
        intermediate_store_frequency,
        intermediate_output_graphs_dir or place.root / "intermediate_graphs",
        config.final_tensor_name,
        force,
    )
    terminal = Terminal(json)
    with terminal.bars() as bars:
        lines = TrainingLines(terminal, bars, verbose)
        run = train(config, place, lines.show, graphs if intermediate_store_frequency else None)
        if output_graph:
            export(run, place, "frozen_graph", output_graph, bars.show, force=force)
    record, about_curves = run.record(), run_verdict(run)
    if output_labels:
        words = "".join(f"{label}\n" for label in labels_in_original_form(record.labels))
        write_output(output_labels, words, force)
    misclassified = _misclassified(run, place, config.engine) if print_misclassified_test_images else []
    terminal.skipped("Skipped", record.skipped)
    splits = ", ".join(f"{count} {name}" for name, count in record.splits.items())
    terminal.answer(
        {
            "run": run.name,
            "run_dir": str(run.folder),
            **record.metrics,
            "cross_validation": record.cross_validation,
            "multi_label": record.multi_label,
            "fine_tuning": record.fine_tuning,
            "bottlenecks": record.bottlenecks,
            "timings": record.timings,
            "splits": record.splits,
            "groups": record.groups,
            "kept_aside": record.kept_aside,
            "remarks": run_remarks(record),
            "warnings": lines.warnings,
            "curves": {"kind": about_curves.kind, "sentence": about_curves.sentence},
            **_demo_figures(run),
            "skipped": record.skipped,
            "misclassified": misclassified,
        },
        f"Run {run.name}: {len(record.labels)} labels, {splits}, {duration(record.timings['total_s'])}.",
        f"{run.status().message} The run is in {run.folder}.",
        *filter(None, [why_they_differ(record)]),
        about_curves.sentence,
        *(
            f"{one['path']}: true label {one['label']}, predicted label {one['predicted']}"
            for one in misclassified
        ),
        next_line("evaluate", workspace, "--run", run.name),
    )


def _demo_figures(run: Run) -> dict[str, Any]:
    """Return the accuracy on the demo folder, None where there is none to tell, its mark and remarks."""
    from poetcore.evaluation.evaluation import Evaluation
    from poetcore.evaluation.headline import headline

    folders = run.evaluations()
    if not folders:
        return {"demo_accuracy": None, "demo_mark": "", "demo_remarks": []}
    told = headline(Evaluation.load(folders[0]).metrics)
    accuracy = told.accuracy.value if told.accuracy else None
    return {"demo_accuracy": accuracy, "demo_mark": told.mark, "demo_remarks": told.remarks}


def _check_places(
    demo_dir: Path | None,
    output_graph: Path | None,
    output_labels: Path | None,
    folders: dict[str, Path | None],
    force: bool,
) -> None:
    """Check before the training that everything can be read and written.

    Raises:
        OptionError: a folder is missing, or is a file, or a file cannot be written or is not replaced.
    """
    from poetcore.data.dataset import dataset_exists
    from poetcore.system.outputs import check_output, check_output_folder

    if demo_dir and not dataset_exists(demo_dir):
        wrong = f"{demo_dir} is a file." if demo_dir.is_file() else f"No such folder: {demo_dir}."
        raise OptionError(
            f"{wrong} --demo_dir holds one folder of pictures per label, or is a CSV file of paths and"
            " labels."
        )
    for name, folder in folders.items():
        if folder:
            check_output_folder(folder, f"--{name}")
    # A folder gets the graph inside it.
    inside = output_graph / "graph.pb" if output_graph and output_graph.is_dir() else output_graph
    for file in filter(None, (inside, output_labels)):
        check_output(file, force)


def _misclassified(run: Run, place: Workspace, engine: str) -> list[dict[str, str]]:
    """List the misclassified test pictures; their feature vectors are cached, so this takes a moment."""
    from poetcore.data.label_sets import join_set
    from poetcore.evaluation.classifier import Classifier

    split = run.split()
    tested = split[split["split"] == "testing"]
    answers = Classifier(run, place, engine=engine).classify([Path(path) for path in tested["path"]])
    return [
        {"path": str(answer.path), "label": label, "predicted": predicted}
        for answer, label in zip(answers, tested["label"], strict=True)
        if answer.probabilities is not None and (predicted := join_set(answer.predicted)) != label
    ]
