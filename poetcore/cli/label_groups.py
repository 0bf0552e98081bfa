"""The command that names groups of labels of a run, and what its mistakes cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from poetcore.data.labels import match_labels
from poetcore.errors import OptionError
from poetcore.workspace.label_groups import Cost, LabelGroups
from poetcore.workspace.workspace import Workspace

__all__ = ["label_groups"]


def label_groups(
    run: RunOption = "latest",
    group: Annotated[
        list[str] | None, typer.Option(help="Labels that mean one thing to you: alarm=fire,smoke.")
    ] = None,
    recall: Annotated[
        list[str] | None,
        typer.Option(
            help="A wanted recall, for which a threshold is chosen on the cross-validated training pictures:"
            " alarm=95%."
        ),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(help="From which probability on a group is predicted, where you choose it: alarm=30%."),
    ] = None,
    cost: Annotated[
        list[str] | None,
        typer.Option(
            help="What a kind of mistake costs, true label or group before predicted one: alarm:misc=50. Any"
            " other mistake costs 1."
        ),
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(help="A group that is not needed any more, with its costs.")
    ] = None,
    like: Annotated[
        str | None, typer.Option(help="Begin with the groups and costs of this run of the same labels.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Begin with no groups and costs.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Name labels that mean one thing to you, such as fire and smoke, and what mistakes cost; see figures.

    Without options, shows the groups of a run. Nothing of the model changes: evaluate, label_image, the pages
    and the slideshow tell its groups too.
    """
    from poetcore.cli.group_tables import cross_validated_lines, group_lines
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.label_groups.recall import current_label_groups, set_label_groups

    terminal, place = Terminal(json), Workspace(workspace)
    chosen = place.run(run)
    labels = chosen.labels()
    groups = LabelGroups() if clear or like is not None else chosen.label_groups()
    if like is not None and not (groups := place.run(like).label_groups()):
        raise OptionError(f"The run {like!r} has no groups of labels and no costs to begin with.")
    for name in remove or ():
        groups = _without(groups, name)
    groups = _with_groups(groups, group or (), labels)
    groups = _with_shares(groups, threshold or (), recall or ())
    groups = _with_costs(groups, cost or (), labels)
    if clear or any((group, recall, threshold, cost, remove, like)):
        groups = set_label_groups(chosen, groups)
    else:
        groups = current_label_groups(chosen)
    summary, told = cross_validated_lines(groups, chosen)
    terminal.answer(
        {"run": chosen.name, **asdict(groups), "cross_validation": summary and summary.values()},
        *group_lines(groups, chosen.name),
        *told,
    )


def _without(groups: LabelGroups, name: str) -> LabelGroups:
    if name not in groups.groups:
        there = ", ".join(groups.groups) or "none"
        raise OptionError(f"There is no group {name!r} to remove. Its groups: {there}.")
    return replace(
        groups,
        groups={other: own for other, own in groups.groups.items() if other != name},
        thresholds={other: share for other, share in groups.thresholds.items() if other != name},
        recalls={other: share for other, share in groups.recalls.items() if other != name},
        costs=tuple(one for one in groups.costs if name not in (one.true, one.predicted)),
    )


def _with_groups(groups: LabelGroups, given: Iterable[str], labels: Sequence[str]) -> LabelGroups:
    """Return groups with those that were given; one that is given twice has the labels of both."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, written = _parts(text, "--group", "alarm=fire,smoke")
        # A label may have a comma in its name.
        own = [written] if match_labels([written], labels) else written.split(",")
        found[name] = (*found.get(name, ()), *(one.strip() for one in own if one.strip()))
    return replace(groups, groups=groups.groups | found)


def _with_shares(groups: LabelGroups, thresholds: Iterable[str], recalls: Iterable[str]) -> LabelGroups:
    """Return groups with thresholds and wanted recalls; of a group the last one that was given counts."""
    least, wanted = dict(groups.thresholds), dict(groups.recalls)
    for text in thresholds:
        name, share = _parts(text, "--threshold", "alarm=30%")
        least[name] = _share(share, "--threshold")
        wanted.pop(name, None)
    for text in recalls:
        name, share = _parts(text, "--recall", "alarm=95%")
        wanted[name] = _share(share, "--recall")
        least.pop(name, None)
    return replace(groups, thresholds=least, recalls=wanted)


def _with_costs(groups: LabelGroups, given: Iterable[str], labels: Sequence[str]) -> LabelGroups:
    costs: Mapping[tuple[str, str], Cost] = {(one.true, one.predicted): one for one in groups.costs}
    known = [*groups.groups, *labels]
    for text in given:
        kind, written = _parts(text, "--cost", "alarm:misc=50")
        true, predicted = _pair(kind, known)
        try:
            value = float(written)
        except ValueError:
            raise OptionError(f"A cost is a number: --cost alarm:misc=50. Received: {written!r}.") from None
        costs = {**costs, (true, predicted): Cost(true, predicted, value)}
    return replace(groups, costs=tuple(costs.values()))


def _pair(kind: str, known: Sequence[str]) -> tuple[str, str]:
    """Return true and predicted name of `alarm:misc`; a name may hold a colon itself."""
    parts = kind.split(":")
    pairs = [(":".join(parts[:at]), ":".join(parts[at:])) for at in range(1, len(parts))]
    if not pairs:
        raise OptionError(
            "A cost names the true and the predicted label or group: --cost alarm:misc=50. Received:"
            f" {kind!r}."
        )
    return next((pair for pair in pairs if len(match_labels(pair, known)) == len(set(pair))), pairs[0])


def _parts(text: str, option: str, example: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=") if option != "--group" else text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise OptionError(f"{option} takes a name and a value: {option} {example}. Received: {text!r}.")
    return name.strip(), value.strip()


def _share(text: str, option: str) -> float:
    """Return a share as people write it: `95%` or `0.95`."""
    number, percent = (text[:-1], True) if text.endswith("%") else (text, False)
    try:
        return float(number) / (100 if percent else 1)
    except ValueError:
        raise OptionError(f"{option} takes a share: 95% or 0.95. Received: {text!r}.") from None
