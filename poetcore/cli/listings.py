"""The commands that list what there is: the runs of a workspace, and the backbones."""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.system.figures import percent
from poetcore.workspace.workspace import Workspace

__all__ = ["backbones", "runs"]


def runs(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the runs, the newest first; figures of other files than those there now are marked."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.evaluation.freshness import current_files, run_difference
    from poetcore.evaluation.results import demo_results
    from poetcore.training.jobs import Jobs

    listed: list[dict[str, Any]] = []
    jobs = Jobs(Workspace(workspace))
    files = cache(lambda folder: current_files(folder, jobs.workspace))
    every = jobs.workspace.all_runs()
    results = demo_results(every, files)
    for run in every:
        status = jobs.status(run)
        row: dict[str, Any] = {
            "run": run.name,
            "title": run.title,
            "phase": status.phase,
            "message": status.message,
        }
        if status.phase == "done":
            record = run.record()
            difference = run_difference(run, files(Path(record.image_dir)))
            demo = results[results["run"] == run.name].drop(columns=["run"])
            row |= {
                "created": record.created,
                "backbone": record.backbone,
                "labels": record.labels,
                "steps": record.options.get("how_many_training_steps"),
                "cross_validated_accuracy": (record.cross_validation or {}).get("accuracy"),
                "final_test_accuracy": record.metrics.get("final_test_accuracy"),
                "out_of_date": difference.any if difference.known else None,
                "difference": asdict(difference) | {"sentence": difference.sentence},
                "demo": demo.astype(object).where(demo.notna(), None).to_dict("records"),
            }
        listed.append(row)
    rows = [
        [row["run"], row["phase"], row.get("backbone", ""), str(row.get("steps", "")), _result(row)]
        for row in listed
    ]
    Terminal(json).answer(
        {"runs": listed},
        table("Runs", ["run", "state", "backbone", "steps", "accuracy"], rows)
        if rows
        else f"No run yet in {workspace}: train one with `python -m poetcore retrain`.",
    )


def _result(row: dict[str, Any]) -> str:
    """Return the accuracies of a run that is done, each with its mark; else its message."""
    from poetcore.workspace.demo_sets import dataset_title

    if row["phase"] != "done":
        return str(row["message"])
    stale = "out of date" if row["out_of_date"] else ""
    lines = [("final test", row["final_test_accuracy"], stale)]
    if row["cross_validated_accuracy"] is not None:
        lines.insert(0, ("cross validation", row["cross_validated_accuracy"], stale))
    lines += [(dataset_title(Path(one["folder"])), one["accuracy"], one["mark"]) for one in row["demo"]]
    return "\n".join(
        f"{name} {percent(accuracy)}" + (f" ({mark})" if mark else "") for name, accuracy, mark in lines
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
            percent(one["imagenet_top1"] / 100),
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
