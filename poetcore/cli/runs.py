"""The command that lists the runs of a workspace: sorted, or only the best."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poetcore.cli.deletion import DeleteOption, YesOption, delete_named
from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.system.figures import UNKNOWN, count, interval, percent, score
from poetcore.system.names import natural_key
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["runs"]

#: What accuracies are called in a sentence, by what they are sorted by.
_ACCURACIES = {
    "accuracy": "cross-validated accuracy",
    "demo_accuracy": "accuracy on demo pictures",
    "final_test_accuracy": "accuracy in the final test",
}

#: What runs can be sorted by, each with whether the greatest comes first.
_ORDERS = {"created": True, **dict.fromkeys(_ACCURACIES, True)} | dict.fromkeys(
    ("learning_rate", "steps", "backbone", "run"), False
)

#: The figures by the names that they have in the answer.
_KEYS = {"accuracy": "cross_validated_accuracy"}


def runs(
    sort: Annotated[str, typer.Option(help=f"Sort by one of {', '.join(_ORDERS)}.")] = "created",
    best: Annotated[
        bool,
        typer.Option(
            "--best",
            help="List the best run only, of those on the pictures of the newest: by the accuracy that"
            " --sort names, the cross-validated one by default.",
        ),
    ] = False,
    delete: DeleteOption = None,
    yes: YesOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """List the runs, the newest first; figures of other files than those there now are marked."""
    from poetcore.cli.terminal import Terminal

    if delete:
        place = Workspace(workspace)
        delete_named(delete, place.all_runs(), place.delete_run, what="run", yes=yes, terminal=Terminal(json))
        return
    if sort not in _ORDERS:
        raise OptionError(f"Unknown order {sort!r}: sort by one of {', '.join(_ORDERS)}.")
    if best and sort not in ("created", *_ACCURACIES):
        raise OptionError(f"--best needs --sort by one of {', '.join(_ACCURACIES)}. Received: {sort!r}.")
    listed = _sorted(_rows(Workspace(workspace)), sort)
    by = sort if sort in _ACCURACIES else "accuracy"
    first, about = _best(listed, by)
    if best:
        shown = [first] if first else []
        lines = [about or f"No finished run in {workspace} has a {_ACCURACIES[by]}."]
    else:
        shown, lines = listed, [] if listed else [_no_run(workspace)]
    Terminal(json).answer(
        {"runs": shown, "best": first["run"] if first else None},
        *_table([row for row in shown if row["phase"] == "done"]),
        *(_unfinished(row) for row in shown if row["phase"] != "done"),
        *lines,
    )


def _no_run(workspace: Path) -> str:
    return f"No run yet in {workspace}: train one with `python -m poetcore retrain`."


def _rows(place: Workspace) -> list[dict[str, Any]]:
    """Return what is known of each run, the newest first."""
    from poetcore.evaluation.freshness import current_files, run_difference
    from poetcore.evaluation.results import demo_results
    from poetcore.training.jobs import Jobs

    listed: list[dict[str, Any]] = []
    jobs = Jobs(place)
    files = cache(lambda folder: current_files(folder, place))
    every = place.all_runs()
    results = demo_results(every, files)
    for run in every:
        status = jobs.status(run)
        row: dict[str, Any] = {
            "run": run.name,
            "title": run.title,
            "phase": status.phase,
            "host": status.elsewhere,
            "message": status.message,
            "done": 0 if status.final else status.done,
            "total": 0 if status.final else status.total,
        }
        if status.phase == "done":
            record = run.record()
            difference = run_difference(run, files(Path(record.image_dir)))
            cross = record.cross_validation or {}
            demo = results[results["run"] == run.name].drop(columns=["run"])
            evaluations = demo.astype(object).where(demo.notna(), None).to_dict("records")
            row |= {
                "created": record.created,
                "image_dir": record.image_dir,
                "backbone": record.backbone,
                "labels": record.labels,
                "learning_rate": record.learning_rate,
                "steps": record.steps,
                "cross_validated_accuracy": cross.get("accuracy"),
                "cross_validated_macro_f1": (record.multi_label or {}).get("macro_f1"),
                "cross_validated_interval": cross.get("interval"),
                "final_test_accuracy": record.metrics.get("final_test_accuracy"),
                "final_test_interval": record.metrics.get("final_test_interval"),
                "out_of_date": difference.any if difference.known else None,
                "difference": asdict(difference) | {"sentence": difference.sentence},
                "demo_accuracy": evaluations[0]["accuracy"] if evaluations else None,
                "demo": evaluations,
            }
        listed.append(row)
    return listed


def _sorted(rows: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """Return the rows in an order; those that have nothing to be sorted by come last, the newest first."""
    if by == "created":  # as they are, those that are not done among them
        return rows
    key = _KEYS.get(by, by)
    known = [row for row in rows if row["phase"] == "done" and row[key] is not None]
    rest = [row for row in rows if not any(row is one for one in known)]
    ordered = sorted(
        known,
        key=lambda row: natural_key(row[key]) if isinstance(row[key], str) else row[key],
        reverse=_ORDERS[by],
    )
    return ordered + rest


def _best(rows: Sequence[dict[str, Any]], by: str) -> tuple[dict[str, Any] | None, str]:
    """Return the best of the runs that can be compared with the newest, and a sentence on how sure that is.

    Args:
        rows: in any order.
        by: one of `_ACCURACIES`.
    """
    from poetcore.workspace.demo_sets import dataset_title

    key = _KEYS.get(by, by)
    known = sorted(
        (row for row in rows if row["phase"] == "done" and row[key] is not None),
        key=lambda row: str(row["created"]),
        reverse=True,
    )
    # Accuracies on different pictures say nothing about which run is better.
    same = [row for row in known if _pictures(row, by) == _pictures(known[0], by)]
    comparable = [row for row in same if not _mark(row, by)] or same
    if not comparable:
        return None, ""
    first = max(comparable, key=lambda row: float(row[key]))
    where = dataset_title(Path(_pictures(first, by)))
    sentence = (
        f"{first['run']} has the best {_ACCURACIES[by]}, {percent(first[key])}, of the"
        f" {count(len(comparable))} runs on {where}."
    )
    if len(comparable) == 1:
        sentence = f"{first['run']} is the only run on {where} with this figure to compare."
    if marked := len(same) - len(comparable):
        sentence += f" Not compared, as its figure is marked: {counted(marked, 'other run')}."
    ends = _interval(first, by)
    alike = [row for row in comparable if row is not first and ends and row[key] >= ends[0]]
    if alike and ends:
        lies = "lies" if len(alike) == 1 else "lie"
        sentence += (
            f" Within its 95 % interval ({interval(*ends)}) {lies} {counted(len(alike), 'other run')}: that"
            " it is better may be chance."
        )
    return first, sentence


def _pictures(row: dict[str, Any], by: str) -> str:
    """Return on which pictures a figure is."""
    return str(row["demo"][0]["folder"] if by == "demo_accuracy" else row["image_dir"])


def _mark(row: dict[str, Any], by: str) -> str:
    """Return in a few words why a figure must not be compared with others; "" where it may."""
    if by == "demo_accuracy":
        return str(row["demo"][0]["mark"]) if row["demo"] else ""
    return "out of date" if row["out_of_date"] else ""


def _interval(row: dict[str, Any], by: str) -> Sequence[float] | None:
    from poetcore.evaluation.accuracy import Accuracy

    if by == "demo_accuracy":
        return Accuracy(row["demo"][0]["correct"], row["demo"][0]["total"]).interval
    found: Sequence[float] | None = row[_KEYS.get(by, by).replace("accuracy", "interval")]
    return found


def _table(rows: Sequence[dict[str, Any]]) -> "list[str | Table]":
    """Return the table of finished runs, and what its figures are of; what all have alike stands below."""
    from poetcore.cli.terminal import table
    from poetcore.workspace.demo_sets import dataset_title

    if not rows:
        return []
    folders = {row["demo"][0]["folder"] for row in rows if row["demo"]}
    backbones = {row["backbone"] for row in rows}
    columns = ["run", "accuracy", "demo", "rate", "steps", "backbone"]
    cells = []
    for row in rows:
        demo = ""
        if row["demo"]:
            on = dataset_title(Path(row["demo"][0]["folder"])) if len(folders) > 1 else ""
            figures = [] if row["demo_accuracy"] is None else [percent(row["demo_accuracy"])]
            demo = _lines(*figures, on, _mark(row, "demo_accuracy"))
        rate = UNKNOWN if row["learning_rate"] is None else f"{row['learning_rate']:g}"
        steps = UNKNOWN if row["steps"] is None else count(row["steps"])
        accuracy = _lines(_accuracy(row), _mark(row, "accuracy"))
        cells.append([row["run"], accuracy, demo, rate, steps, row["backbone"]])
    about = "Accuracy: by cross validation"
    shown = [_accuracy(row) for row in rows]
    about += ", test: of the final test" if any(one.endswith("test") for one in shown) else ""
    about += ", F1: macro F1 of several labels" if any(one.startswith("F1") for one in shown) else ""
    if len(folders) == 1:
        about += f"; demo: on {dataset_title(Path(folders.pop()))}"
    about += "; rate: learning rate"
    if len(backbones) == 1:
        columns, cells = columns[:-1], [row[:-1] for row in cells]
        about += f"; backbone: {backbones.pop()}"
    return [table("Runs", columns, cells, whole=("run",)), f"{about}."]


def _accuracy(row: dict[str, Any]) -> str:
    """Return the cross-validated accuracy of a run, or that of the final test where there is none.

    A run of several labels has no accuracy, but a macro F1.
    """
    if row["cross_validated_accuracy"] is not None:
        return percent(row["cross_validated_accuracy"])
    if row["cross_validated_macro_f1"] is not None:
        return f"F1 {score(row['cross_validated_macro_f1'])}"
    test = row["final_test_accuracy"]
    return UNKNOWN if test is None else f"{percent(test)} test"


def _lines(*parts: str) -> str:
    """Return a cell with a figure and what must stand beside it, each on a line of its own."""
    return "\n".join(filter(None, parts))


def _unfinished(row: dict[str, Any]) -> str:
    """Return one line on a run that is not done: what it is doing, or why it ended."""
    progress = f" ({count(row['done'])} of {count(row['total'])})" if row["total"] else ""
    message = " ".join(str(row["message"]).split())
    host = f" on {row['host']}" if row["host"] else ""
    return f"{row['run']}: {row['phase']}{progress}{host}. {message}".strip()
