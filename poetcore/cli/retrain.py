"""The command `retrain`, with every option of the TensorFlow for Poets script by its own name."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import HERE, EngineOption, JsonOption, RunNameOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["retrain"]


def retrain(
    image_dir: Annotated[
        Path | None,
        typer.Option(
            "--image_dir", envvar="TFP_IMAGES_DIR", help="Folder that holds one folder of pictures per label."
        ),
    ] = None,
    architecture: Annotated[
        str | None,
        typer.Option(
            help="efficientnet_lite0, inception_v3 or mobilenet_{1.0,0.75,0.50,0.25}_{224,192,160,128},"
            " each also with _quantized"
            "  [env: TFP_ARCHITECTURE, TFP_RELATIVE_SIZE, TFP_IMAGE_SIZE; default: efficientnet_lite0]"
        ),
    ] = None,
    how_many_training_steps: Annotated[
        int, typer.Option("--how_many_training_steps", help="Batches to learn from.")
    ] = 4000,
    learning_rate: Annotated[float, typer.Option("--learning_rate", help="How far a step goes.")] = 0.01,
    testing_percentage: Annotated[
        int, typer.Option("--testing_percentage", help="Share of the pictures kept for the final test.")
    ] = 10,
    validation_percentage: Annotated[
        int, typer.Option("--validation_percentage", help="Share kept for watching the training.")
    ] = 10,
    eval_step_interval: Annotated[
        int, typer.Option("--eval_step_interval", help="Report after this many steps.")
    ] = 10,
    train_batch_size: Annotated[
        int, typer.Option("--train_batch_size", help="Pictures in a training step.")
    ] = 100,
    test_batch_size: Annotated[
        int, typer.Option("--test_batch_size", help="Pictures in the final test, -1 for all.")
    ] = -1,
    validation_batch_size: Annotated[
        int, typer.Option("--validation_batch_size", help="Pictures in a report's validation, -1 for all.")
    ] = 100,
    flip_left_right: Annotated[
        bool, typer.Option("--flip_left_right", help="Learn from mirrored variants too.")
    ] = False,
    random_crop: Annotated[
        int, typer.Option("--random_crop", help="Learn from variants with margins cut off, in percent.")
    ] = 0,
    random_scale: Annotated[
        int, typer.Option("--random_scale", help="Learn from enlarged variants, by up to so many percent.")
    ] = 0,
    random_brightness: Annotated[
        int,
        typer.Option(
            "--random_brightness", help="Learn from brighter and darker variants, by up to percent."
        ),
    ] = 0,
    distortion_variants: Annotated[
        int, typer.Option("--distortion_variants", help="Variants of each training picture, if any.")
    ] = 8,
    print_misclassified_test_images: Annotated[
        bool,
        typer.Option("--print_misclassified_test_images", help="Print path, truth and prediction of each."),
    ] = False,
    output_graph: Annotated[
        Path | None,
        typer.Option("--output_graph", help="Write a frozen graph too, as `export` does at any time."),
    ] = None,
    output_labels: Annotated[
        Path | None, typer.Option("--output_labels", help="Write the labels there, one a line.")
    ] = None,
    intermediate_output_graphs_dir: Annotated[
        Path | None,
        typer.Option(
            "--intermediate_output_graphs_dir",
            help="Folder for graphs on the way; WORKSPACE/intermediate_graphs by default.",
        ),
    ] = None,
    intermediate_store_frequency: Annotated[
        int, typer.Option("--intermediate_store_frequency", help="Steps between two of them; 0 for none.")
    ] = 0,
    final_tensor_name: Annotated[
        str, typer.Option("--final_tensor_name", help="What a frozen graph calls its output.")
    ] = "final_result",
    model_dir: Annotated[
        Path | None, typer.Option("--model_dir", help="Folder for backbones; WORKSPACE/models by default.")
    ] = None,
    bottleneck_dir: Annotated[
        Path | None,
        typer.Option("--bottleneck_dir", help="Folder for vectors; WORKSPACE/bottlenecks by default."),
    ] = None,
    summaries_dir: Annotated[
        Path | None,
        typer.Option(
            "--summaries_dir", help="Folder for TensorBoard; WORKSPACE/training_summaries by default."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides every draw; the same seed gives the same model.")] = 0,
    demo_dir: Annotated[
        Path | None, typer.Option("--demo_dir", help="Folder to judge the run on as soon as it is trained.")
    ] = None,
    engine: EngineOption = DEFAULT_ENGINE,
    run_name: RunNameOption = None,
    workspace: WorkspaceOption = HERE,
    json: JsonOption = False,
) -> None:
    """Teach the last layer of a pre-trained network the labels of a folder."""
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.frozen import check_output_layer
    from poetcore.export.export import export
    from poetcore.features.augmentation import Augmentation
    from poetcore.features.backbones import find, from_environment
    from poetcore.system.files import write_whole
    from poetcore.training.retrain import RunConfig
    from poetcore.training.retrain import retrain as train
    from poetcore.training.train import TrainingOptions

    if image_dir is None:
        raise OptionError(
            "--image_dir is missing: give the folder that holds one folder of pictures per label."
        )
    if intermediate_store_frequency < 0:
        raise OptionError(
            "intermediate_store_frequency must be 0, for none, or more."
            f" Received: {intermediate_store_frequency}."
        )
    check_output_layer(final_tensor_name)
    _check_places(
        demo_dir,
        output_labels,
        {
            "bottleneck_dir": bottleneck_dir,
            "intermediate_output_graphs_dir": intermediate_output_graphs_dir,
            "model_dir": model_dir,
            "summaries_dir": summaries_dir,
        },
    )
    place = Workspace(workspace, models=model_dir, bottlenecks=bottleneck_dir, summaries=summaries_dir)
    network = find(architecture or from_environment(os.environ))
    config = RunConfig(
        image_dir,
        network.name,
        TrainingOptions(
            how_many_training_steps,
            learning_rate,
            testing_percentage,
            validation_percentage,
            eval_step_interval,
            train_batch_size,
            test_batch_size,
            validation_batch_size,
            seed,
        ),
        augmentation=Augmentation(
            flip_left_right, random_crop, random_scale, random_brightness, distortion_variants
        ),
        demo_dir=demo_dir,
        name=run_name,
        final_tensor_name=final_tensor_name,
        engine=engine,
        on_weights=_keep_graphs(
            network,
            intermediate_store_frequency,
            intermediate_output_graphs_dir or place.root / "intermediate_graphs",
            final_tensor_name,
        ),
    )
    terminal = Terminal(json)
    with terminal.bars() as bars:
        run = train(config, place, bars.show)
        if output_graph:
            export(run, place, "frozen_graph", output_graph, bars.show)
    record = run.record()
    if output_labels:
        write_whole(output_labels, "".join(f"{label}\n" for label in record.labels))
    misclassified = _misclassified(run, place, engine) if print_misclassified_test_images else []
    for skipped in record.skipped:
        terminal.say(f"Left out: {skipped['path']} {skipped['reason']}.")
    splits = ", ".join(f"{count} {name}" for name, count in record.splits.items())
    terminal.answer(
        {
            "run": run.name,
            "run_dir": str(run.folder),
            **record.metrics,
            "bottlenecks": record.bottlenecks,
            "timings": record.timings,
            "splits": record.splits,
            "demo_accuracy": _demo_accuracy(run) if demo_dir else None,
            "skipped": record.skipped,
            "misclassified": misclassified,
        },
        f"Run {run.name}: {len(record.labels)} labels, {splits}, {record.timings['total_s']:.1f} s.",
        f"{run.status().message} It is in {run.folder}.",
        *(f"{one['path']}: is {one['label']}, taken for {one['predicted']}" for one in misclassified),
        f"Next: python -m poetcore evaluate YOUR_DEMO_FOLDER --run {run.name!r}",
    )


def _demo_accuracy(run: Run) -> float | None:
    """Give the accuracy on the demo folder that the new run was judged on; None where that failed."""
    from poetcore.evaluation.evaluate import Evaluation

    judged = run.evaluations()
    return Evaluation.load(judged[0]).metrics.accuracy if judged else None


def _check_places(demo_dir: Path | None, output_labels: Path | None, folders: dict[str, Path | None]) -> None:
    """Refuse what cannot be read or written before anything is trained, not after."""
    if demo_dir and not demo_dir.is_dir():
        raise OptionError(f"No such folder: {demo_dir}. --demo_dir holds one folder of pictures per label.")
    if output_labels and output_labels.is_dir():
        raise OptionError(f"{output_labels} is a folder: --output_labels is the file to write.")
    for name, folder in folders.items():
        if folder and folder.is_file():
            raise OptionError(f"{folder} is a file: --{name} is a folder.")


def _keep_graphs(
    backbone: Backbone, frequency: int, folder: Path, final_tensor_name: str
) -> Callable[[int, Head], None] | None:
    """Give what writes `intermediate_<steps>.pb` at the first report after every so many steps."""
    if not frequency:
        return None
    last = 0

    def keep(step: int, head: Head) -> None:
        from poetcore.export.graph_format import write_graph

        nonlocal last
        if step // frequency > last // frequency:
            write_graph(backbone, head, folder / f"intermediate_{step}.pb", final_tensor_name)
        last = step

    return keep


def _misclassified(run: Run, place: Workspace, engine: str) -> list[dict[str, str]]:
    """List the test pictures that the run labels wrong; their vectors are cached, so this takes a moment."""
    from poetcore.evaluation.classifier import Classifier

    split = run.split()
    tested = split[split["split"] == "testing"]
    answers = Classifier(run, place, engine=engine).classify([Path(path) for path in tested["path"]])
    return [
        {"path": str(answer.path), "label": label, "predicted": predicted}
        for answer, label in zip(answers, tested["label"], strict=True)
        for predicted, _ in answer.top(1)
        if predicted != label
    ]
