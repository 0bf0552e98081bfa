"""The commands that list what there is: the runs of a workspace, and the backbones."""

from typing import Any

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.workspace.workspace import Workspace

__all__ = ["backbones", "runs"]


def runs(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the runs, the newest first."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.training.jobs import Jobs

    listed: list[dict[str, Any]] = []
    jobs = Jobs(Workspace(workspace))
    for run in jobs.workspace.all_runs():
        status = jobs.status(run)
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


def backbones(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the pre-trained networks, and whether they work offline now."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.features.litert import list_backbones

    listed = [one._asdict() for one in list_backbones(Workspace(workspace).models)]
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
        "Each also with _quantized after its name: quantized (int8), calibrated on your training pictures, a"
        " third of the size and faster.",
    )
