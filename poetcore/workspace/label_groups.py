"""Groups of labels that mean one thing to whoever uses a run, and what its mistakes cost: one file of a run.

Not to be mixed up with groups of near duplicates, which are groups of pictures. Nothing of the model hangs on
them, so they may be changed at any time after the training.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poetcore.data.labels import match_labels, nearly
from poetcore.errors import OptionError, RunError
from poetcore.system.files import write_whole
from poetcore.system.wording import counted, few
from poetcore.workspace.records import as_record, read_record

__all__ = ["MOST_COST", "OTHER_COST", "Cost", "LabelGroups", "read_label_groups", "write_label_groups"]

#: What a mistake costs that nobody named.
OTHER_COST = 1.0

#: What a mistake costs at the most: beyond, one kind of mistake is all that counts.
MOST_COST = 1_000_000.0

#: Characters of a group's name: a column of a table.
_LONGEST = 40


@dataclass(frozen=True)
class Cost:
    """What one kind of mistake costs.

    Attributes:
        true: the true label, or a group of which it is one.
        predicted: the answer, or a group of which it is one.
        cost: 0 or more, in any unit; a mistake that nobody named costs `OTHER_COST`.
    """

    true: str
    predicted: str
    cost: float


@dataclass(frozen=True)
class LabelGroups:
    """Named groups of a run's labels, from which probability on they are predicted, and costs of mistakes.

    Attributes:
        groups: name -> its labels. A label is in one group at the most.
        thresholds: name -> the probability, above 0 and below 1, from which on the group is predicted. One
            without is predicted where the most probable label is one of it.
        recalls: name -> the recall that was wanted, where the threshold was chosen for one.
        costs: of kinds of mistakes; of two that are of the same labels the one of fewer labels counts, then
            the last.
        temperature: of the run when thresholds were chosen for a recall: at another one they are chosen anew.
    """

    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    recalls: dict[str, float] = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()
    temperature: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.groups or self.costs)

    def members(self, name: str) -> tuple[str, ...]:
        """Return the labels that a name means: those of a group, or the label itself."""
        return self.groups.get(name, (name,))

    def group_of(self, label: str) -> str:
        """Return the group of a label, or the label itself where it is in none."""
        return next((name for name, own in self.groups.items() if label in own), label)

    def checked(self, labels: Sequence[str]) -> "LabelGroups":
        """Return them as they fit a run, its labels written as the run writes them.

        Args:
            labels: of the run.

        Raises:
            OptionError: a group, threshold, recall or cost is impossible.
        """
        groups = {}
        for name, own in self.groups.items():
            _check_name(name, labels)
            found = tuple(dict.fromkeys(_label(one, labels, f"the group {name!r}") for one in own))
            if not 0 < len(found) < len(labels):
                raise OptionError(
                    f"A group holds one label at least, and not all of them. Received: {name!r} with"
                    f" {counted(len(found), 'label')} of {len(labels)}."
                )
            groups[name] = found
        named = LabelGroups(groups)
        _check_disjoint(groups)
        for what, shares in (("threshold", self.thresholds), ("wanted recall", self.recalls)):
            for name, share in shares.items():
                if name not in groups:
                    raise OptionError(f"There is no group {name!r} for a {what}: {_offered(groups)}.")
                if not 0 < share < 1:
                    raise OptionError(
                        f"The {what} of a group lies above 0 and below 1 (100 %). Received: {share} of"
                        f" {name!r}."
                    )
        return LabelGroups(
            groups,
            {name: float(share) for name, share in self.thresholds.items()},
            {name: float(share) for name, share in self.recalls.items()},
            tuple(_cost(one, labels, named) for one in self.costs),
            self.temperature,
        )


@dataclass(frozen=True)
class _Stored:
    """The content of `label_groups.json`."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    recalls: dict[str, float] = field(default_factory=dict)
    costs: list[dict[str, Any]] = field(default_factory=list)
    temperature: float = 1.0


def read_label_groups(file: Path, labels: Sequence[str]) -> LabelGroups:
    """Read the groups of a run; none where it has no such file.

    Args:
        file: `label_groups.json`.
        labels: of the run.

    Raises:
        RunError: it is damaged, or names labels that the run has not.
    """
    if not file.exists():
        return LabelGroups()
    try:
        stored = read_record(file, _Stored)
        return LabelGroups(
            {name: tuple(own) for name, own in stored.groups.items()},
            stored.thresholds,
            stored.recalls,
            tuple(Cost(one["true"], one["predicted"], one["cost"]) for one in stored.costs),
            stored.temperature,
        ).checked(labels)
    except (RunError, OptionError, KeyError, TypeError, AttributeError):
        raise RunError(
            f"{file} is damaged or of other labels: set the groups of this run again (label_groups --clear),"
            " or delete that file."
        ) from None


def write_label_groups(file: Path, groups: LabelGroups) -> None:
    """Write the groups of a run, or delete the file where there are none.

    Args:
        file: `label_groups.json`.
        groups: as `LabelGroups.checked` returns them.
    """
    if not groups:
        file.unlink(missing_ok=True)
        return
    write_whole(file, as_record(groups))


def _check_name(name: str, labels: Sequence[str]) -> None:
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > _LONGEST:
        raise OptionError(
            f"A group's name has 1 to {_LONGEST} characters, no blank at either end and no control"
            f" characters. Received: {name!r}."
        )
    if like := match_labels([name], labels):
        raise OptionError(
            f"A group needs another name than a label has, so that it is clear which is meant: {name!r} is"
            f" the label {like[name]!r}."
        )


def _check_disjoint(groups: Mapping[str, Sequence[str]]) -> None:
    first: dict[str, str] = {}
    for name, own in groups.items():
        for label in own:
            if label in first:
                raise OptionError(
                    f"A label is in one group at the most, so that it is clear what a picture counts as:"
                    f" {label!r} is in {first[label]!r} and in {name!r}."
                )
            first[label] = name


def _label(name: str, labels: Sequence[str], where: str) -> str:
    """Return a label as the run writes it."""
    found = match_labels([name], labels)
    if name not in found:
        like = nearly([name], labels)
        raise OptionError(
            f"The run has no label {name!r} for {where}: {f'{like}; ' if like else ''}its labels are"
            f" {few(labels)}."
        )
    return found[name]


def _cost(one: Cost, labels: Sequence[str], named: LabelGroups) -> Cost:
    """Return a cost as it fits a run."""
    true, predicted = (
        name if name in named.groups else _label(name, labels, "a cost") for name in (one.true, one.predicted)
    )
    kind = f"{true!r} predicted as {predicted!r}"
    if isinstance(one.cost, bool) or not (math.isfinite(one.cost) and 0 <= one.cost <= MOST_COST):
        raise OptionError(
            f"A mistake costs from 0 to {MOST_COST:,.0f}, in any unit. Received: {one.cost} for {kind}."
        )
    if named.members(true) == named.members(predicted) and len(named.members(true)) == 1:
        raise OptionError(f"A right answer costs nothing: name a mistake. Received: {kind}.")
    return Cost(true, predicted, float(one.cost))


def _offered(groups: Mapping[str, Sequence[str]]) -> str:
    return f"its groups are {few(list(groups))}" if groups else "the run has no groups"
