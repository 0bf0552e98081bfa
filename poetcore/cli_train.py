"""The commands that make things: the demo, a training, the list of runs, a download."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from poetcore.cli_options import HERE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.workspace import Workspace

__all__ = ["demo", "download", "retrain", "runs"]


RunNameOption = Annotated[
    str | None, typer.Option("--run_name", help="The run's name; from date and time by default.")
]


def demo(run_name: RunNameOption = None, workspace: WorkspaceOption = HERE, json: JsonOption = False) -> None:
    """Do the whole job on a drawn sample set: make, train, evaluate. Works offline."""
    from poetcore.terminal import Terminal
    from poetcore.workflow import demo as whole_job

    terminal = Terminal(json)
    with terminal.bars() as bars:
        run, evaluation = whole_job(Workspace(workspace), bars.watch, run_name)
    record = run.record()
    terminal.answer(
        {
            "run": run.name,
            "final_test_accuracy": record.metrics["final_test_accuracy"],
            "demo_accuracy": evaluation.metrics.accuracy,
            "timings": record.timings,
        },
        f"Run {run.name} in {record.timings['total_s']:.0f} s, learnt from {record.image_dir}.",
        run.status().message,
        "Next: python -m streamlit run app.py",
    )


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
            help="efficientnet_lite0, inception_v3 or mobilenet_{1.0,0.75,0.50,0.25}_{224,192,160,128}"
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
    seed: Annotated[int, typer.Option(help="Decides every draw; the same seed gives the same model.")] = 0,
    demo_dir: Annotated[
        Path | None, typer.Option("--demo_dir", help="Folder to judge the run on as soon as it is trained.")
    ] = None,
    run_name: RunNameOption = None,
    workspace: WorkspaceOption = HERE,
    json: JsonOption = False,
) -> None:
    """Teach the last layer of a pre-trained network the labels of a folder."""
    from poetcore.backbones import from_environment
    from poetcore.retrain import TrainingOptions
    from poetcore.terminal import Terminal
    from poetcore.workflow import RunConfig
    from poetcore.workflow import retrain as train

    if image_dir is None:
        raise OptionError(
            "--image_dir is missing: give the folder that holds one folder of pictures per label."
        )
    config = RunConfig(
        image_dir,
        architecture or from_environment(os.environ),
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
        demo_dir,
        run_name,
    )
    terminal = Terminal(json)
    with terminal.bars() as bars:
        run = train(config, Workspace(workspace), bars.watch)
    record = run.record()
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
            "skipped": record.skipped,
        },
        f"Run {run.name}: {len(record.labels)} labels, {splits}, {record.timings['total_s']:.1f} s.",
        f"{run.status().message} It is in {run.folder}.",
        f"Next: python -m poetcore evaluate YOUR_DEMO_FOLDER --run {run.name!r}",
    )


def runs(workspace: WorkspaceOption = HERE, json: JsonOption = False) -> None:
    """List the runs, the newest first."""
    from poetcore.terminal import Terminal, table

    listed: list[dict[str, Any]] = []
    for run in Workspace(workspace).all_runs():
        status = run.status()
        row: dict[str, Any] = {"run": run.name, "phase": status.phase, "message": status.message}
        if status.phase == "done":
            record = run.record()
            row |= {
                "created": record.created,
                "backbone": record.backbone,
                "labels": record.labels,
                "steps": record.options["how_many_training_steps"],
                "final_test_accuracy": record.metrics["final_test_accuracy"],
            }
        listed.append(row)
    rows = [
        [row["run"], row["phase"], row.get("backbone", ""), str(row.get("steps", "")), row["message"]]
        for row in listed
    ]
    Terminal(json).answer(
        {"runs": listed},
        table("Runs", ["run", "state", "backbone", "steps", "result"], rows)
        if rows
        else f"No run yet in {workspace}: train one with `python -m poetcore retrain`.",
    )


def download(
    what: Annotated[str, typer.Argument(help="`flowers`: the tutorial's 3,670 flower photos, 229 MB.")],
    workspace: WorkspaceOption = HERE,
    json: JsonOption = False,
) -> None:
    """Fetch a known set of photos."""
    from poetcore.files import walk
    from poetcore.samples import download_flowers
    from poetcore.terminal import Terminal

    if what != "flowers":
        raise OptionError(f"Unknown set {what!r}: choose flowers.")
    terminal = Terminal(json)
    with terminal.bars() as bars:
        path = download_flowers(
            Workspace(workspace).datasets,
            progress=lambda done, total: bars.update("Fetching bytes", done, total),
        )
    count = sum(1 for _ in walk(path))
    terminal.answer({"path": str(path), "files": count}, f"{count} files in {path}")
