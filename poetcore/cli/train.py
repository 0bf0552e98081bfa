"""The commands around training: the demo, the list of runs, the backbones, a download."""

from typing import Annotated, Any

import typer

from poetcore.cli.options import HERE, JsonOption, RunNameOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.workspace.workspace import Workspace

__all__ = ["backbones", "demo", "download", "runs"]


def demo(run_name: RunNameOption = None, workspace: WorkspaceOption = HERE, json: JsonOption = False) -> None:
    """Do the whole job on a drawn sample set: make, train, evaluate. Works offline."""
    from poetcore.cli.terminal import Terminal
    from poetcore.training.retrain import demo as whole_job

    terminal = Terminal(json)
    with terminal.bars() as bars:
        run, evaluation = whole_job(Workspace(workspace), bars.show, run_name)
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


def runs(workspace: WorkspaceOption = HERE, json: JsonOption = False) -> None:
    """List the runs, the newest first."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.training.jobs import Jobs

    listed: list[dict[str, Any]] = []
    jobs = Jobs(Workspace(workspace))
    for run in jobs.workspace.all_runs():
        status = jobs.status(run)
        phase = run.state() if status.phase == "done" else status.phase
        row: dict[str, Any] = {"run": run.name, "phase": phase, "message": status.message}
        if row["phase"] == "damaged":
            row["message"] = "Its run.json cannot be read: train again."
        elif row["phase"] == "done":
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


def backbones(workspace: WorkspaceOption = HERE, json: JsonOption = False) -> None:
    """List the pre-trained networks, and whether they work offline now."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.features.backbones import BACKBONES

    models = Workspace(workspace).models
    listed = [
        {
            "name": backbone.name,
            "input_size": backbone.input_size,
            "vector_length": backbone.vector_length,
            "megabytes": backbone.megabytes,
            "imagenet_top1": backbone.imagenet_top1,
            "offline": backbone.offline or (models / f"{backbone.name}.tflite").is_file(),
        }
        for backbone in BACKBONES.values()
    ]
    rows = [
        [
            str(one["name"]),
            str(one["input_size"]),
            f"{one['megabytes']:.1f}",
            f"{one['imagenet_top1']:.1f} %",
            "yes" if one["offline"] else "no",
        ]
        for one in listed
    ]
    Terminal(json).answer(
        {"backbones": listed},
        table("Backbones", ["name", "pixels a side", "MB", "ImageNet top-1", "offline now"], rows),
        "Each also with _quantized after its name: in 8-bit integers, calibrated on your training pictures, a"
        " quarter of the size and faster.",
    )


def download(
    what: Annotated[str, typer.Argument(help="`flowers`: the tutorial's 3,670 flower photos, 229 MB.")],
    workspace: WorkspaceOption = HERE,
    json: JsonOption = False,
) -> None:
    """Fetch a known set of photos."""
    from poetcore.cli.terminal import Terminal
    from poetcore.sources.samples import download_flowers
    from poetcore.system.files import walk

    if what != "flowers":
        raise OptionError(f"Unknown set {what!r}: choose flowers.")
    terminal = Terminal(json)
    with terminal.bars() as bars:
        path = download_flowers(
            Workspace(workspace).datasets,
            on_progress=bars.show,
        )
    count = sum(1 for _ in walk(path))
    terminal.answer({"path": str(path), "files": count}, f"{count} files in {path}")
