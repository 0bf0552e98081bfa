"""The command that compares models on the same pictures: how much better, how surely, and on which."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    EngineOption,
    JsonOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.errors import OptionError
from poetcore.evaluation.frozen import GraphOptions
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.figures import UNKNOWN, count, p_words, percent, points, points_interval
from poetcore.system.options import build
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from rich.table import Table

    from poetcore.evaluation.comparison import Comparison

__all__ = ["compare"]

#: Pictures, and labels, that are listed in a terminal.
_LISTED, _LABELS = 10, 20


@takes_options_of(GraphOptions, after="labels")
def compare(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN_A RUN_B...",
            help="Runs by their names (or `latest`), frozen graphs or exported files by their paths: the"
            " first is what each of the others is compared with.",
        ),
    ],
    demo: Annotated[
        Path | None,
        typer.Option(
            help="Demo pictures: one folder of pictures per label, or a CSV. Without it the newest"
            " evaluations of the runs count, on the pictures that are in both."
        ),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="The labels file of a model that is a file; beside it by default.")
    ] = None,
    engine: EngineOption = DEFAULT_ENGINE,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Compare models on the same demo pictures: the difference with its doubt, and the pictures behind it.

    Pictures that one of two runs has seen in training, the same or near duplicates, do not count.
    """
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.compare import compare as compare_models
    from poetcore.evaluation.compare import model_named, stored_comparison
    from poetcore.evaluation.comparison import as_data
    from poetcore.evaluation.paired import holm
    from poetcore.training.differing import settings_between
    from poetcore.workspace.run import Run

    terminal, place = Terminal(json), Workspace(workspace)
    if len(models) < 2:
        raise OptionError("Name two models or more, the first being what the others are compared with.")
    given = build(GraphOptions, options)
    named = [model_named(name, place, labels, given) for name in models]
    runs = [model for model in named if isinstance(model, Run)]
    if demo is not None:
        with terminal.bars() as bars:
            found = compare_models(named, demo, place, on_progress=bars.show, engine=engine)
    elif len(runs) == len(named):
        found = stored_comparison(runs, place)
    else:
        raise OptionError("Name the demo pictures with --demo: a file keeps no evaluations.")
    settings = [settings_between(named[0], other) for other in named[1:]]
    answers = [as_data(one, differ) for one, differ in zip(found, settings, strict=True)]
    shown: list[str | Table] = []
    corrected = holm([one.p_value for one in found if one.p_value is not None])
    if len(found) > 1 and len(corrected) == len(found):
        for answer, p_value in zip(answers, corrected, strict=True):
            answer["p_corrected"] = p_value
        shown.append(_ranking(found, corrected))
    if len(found) == 1:
        shown += _lines(found[0], settings[0])
    else:
        shown += list(dict.fromkeys(remark for one in found for remark in one.remarks))
        shown.append("Compare two of them for the labels, pictures and settings behind a difference.")
    first, *others = answers
    terminal.answer(first | ({"others": others} if others else {}), *shown)


def _ranking(found: "list[Comparison]", corrected: list[float]) -> "Table":
    """Return a table of several models, each compared with the first."""
    from poetcore.cli.terminal import table

    rows = []
    for one, p_value in zip(found, corrected, strict=True):
        if one.difference is not None and one.interval is not None:
            told = [points(one.difference), points_interval(*one.interval), p_words(p_value)]
            rows.append([one.b.title, percent(one.accuracy("b").value), *told])
    title = f"Against {found[0].a.title}; p is corrected for {len(found)} comparisons (Holm)"
    return table(title, ["run", "accuracy", "difference", "95 % interval", "p"], rows, whole=["run"])


def _lines(found: "Comparison", settings: dict[str, tuple[Any, Any]]) -> "list[str | Table]":
    """Return what a terminal shows of two models."""
    from poetcore.cli.terminal import table

    lines: list[str | Table] = []
    for letter, model in (("A", found.a), ("B", found.b)):
        accuracy = str(found.accuracy(letter.lower())) if found.told else "no accuracy to tell"
        lines.append(f"{letter} {model.title}: {accuracy}.")
    lines += [found.sentence, *found.remarks]
    labels = found.per_label()
    if found.told:
        changed = labels.reindex(labels["difference"].abs().sort_values(ascending=False, kind="stable").index)
        few = changed[:_LABELS] if len(labels) > _LABELS else labels
        rows = [
            [
                *(row["label"], count(row["support"]), percent(row["a"]), percent(row["b"])),
                *(points(row["difference"]), points_interval(row["low"], row["high"])),
            ]
            for row in few.to_dict("records")
        ]
        title = "Recall of each label" if len(rows) == len(labels) else "Recall where it differs most"
        lines.append(table(title, ["label", "pictures", "A", "B", "difference", "95 % interval"], rows))
    lines += _pictures("Fixed: B is right, A is wrong", found.fixed())
    lines += _pictures("Broken: A is right, B is wrong", found.broken())
    if settings:
        rows = [[name, *map(_value, values)] for name, values in settings.items()]
        lines.append(table("Settings that differ", ["setting", "A", "B"], rows))
    return lines


def _pictures(title: str, rows: Any) -> "list[str | Table]":
    from poetcore.system.files import one_line

    if rows.empty:
        return [f"{title}: none."]
    listed = [
        f"  {one_line(row['path'])}: {row['label']}; A {row['predicted_a']}, B {row['predicted_b']}"
        for row in rows[:_LISTED].to_dict("records")
    ]
    more = [f"  ... and {len(rows) - _LISTED:,} more; --json lists them all."] if len(rows) > _LISTED else []
    return [f"{title}: {count(len(rows))}.", *listed, *more]


def _value(value: object) -> str:
    from poetcore.system.wording import few

    if isinstance(value, list):
        return few(value, 8)
    return UNKNOWN if value in (None, "") else str(value)
