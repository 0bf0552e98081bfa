"""Measured figures, their targets, and the table of both."""

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Figure", "Table", "Target", "short"]


@dataclass(frozen=True)
class Figure:
    """What was measured, once a repetition.

    Attributes:
        name: what.
        unit: such as "s" or "pictures/s".
        values: at least one.
    """

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        """Write the median, with the lowest and highest where there are several.

        >>> str(Figure("extraction", "s", (2.0, 1.0, 4.0)))
        '2.00 s (1.00 to 4.00)'
        """
        spread = f" ({short(min(self.values))} to {short(max(self.values))})" if len(self.values) > 1 else ""
        return f"{short(self.median)} {self.unit}{spread}"


@dataclass(frozen=True)
class Target:
    """A value, often a ratio of two medians, beside what it should be.

    Attributes:
        name: what is compared.
        value: what it is.
        bound: what it should reach; None where nothing is asked.
        at_least: whether more is better.
        unit: nothing for a ratio.
    """

    name: str
    value: float
    bound: float | None = None
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool | None:
        """Whether it was reached; None where nothing is asked."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass
class Table:
    """All that one run of the benchmarks found.

    Attributes:
        title: its heading.
        machine: where it was measured, as `machine` gives it.
        figures: what was measured.
        targets: what follows from it.
        notes: what has to be known to read them, one sentence each.
        settings: how it was measured: figures of other settings are no baseline.
    """

    title: str
    machine: dict[str, Any]
    figures: list[Figure] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, unit: str, values: Sequence[float]) -> Figure:
        """Add what was measured and return it."""
        figure = Figure(name, unit, tuple(values))
        self.figures.append(figure)
        print(f"{name}: {figure}", file=sys.stderr, flush=True)
        return figure

    def aim(
        self, name: str, value: float, bound: float | None = None, *, at_least: bool = False, unit: str = ""
    ) -> None:
        """Add a value and what it should be."""
        self.targets.append(Target(name, value, bound, at_least, unit))

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def as_json(self) -> str:
        return json.dumps(
            {
                "title": self.title,
                "machine": self.machine,
                "settings": self.settings,
                "figures": [
                    {
                        "name": f.name,
                        "unit": f.unit,
                        "median": f.median,
                        "lowest": min(f.values),
                        "highest": max(f.values),
                        "values": f.values,
                    }
                    for f in self.figures
                ],
                "targets": [
                    {
                        "name": t.name,
                        "value": t.value,
                        "unit": t.unit,
                        "bound": t.bound,
                        "at_least": t.at_least,
                        "met": t.met,
                    }
                    for t in self.targets
                ],
                "notes": self.notes,
            },
            indent=2,
        )

    def as_markdown(self) -> str:
        lines = [f"# {self.title}", "", _sentence(self.machine), ""]
        if self.machine["warning"]:
            lines += [f"**{self.machine['warning']}**", ""]
        if self.targets:
            lines += ["| compared | is | should be | reached |", "|---|---|---|---|"]
            lines += [f"| {_row(t)} |" for t in self.targets] + [""]
        lines += ["| measured | median (lowest to highest) |", "|---|---|"]
        lines += [f"| {f.name} | {f} |" for f in self.figures] + [""]
        lines += [f"- {sentence}" for sentence in self.notes]
        return "\n".join(lines).rstrip() + "\n"

    def write(self, folder: Path, stem: str) -> None:
        """Write STEM.json and STEM.md."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stem}.json").write_text(self.as_json() + "\n", encoding="utf-8")
        (folder / f"{stem}.md").write_text(self.as_markdown(), encoding="utf-8")


def _sentence(where: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    return (
        f"{where['processor']}, {where['cores']} cores, {where['memory_gb']} GB, {where['system']}, Python"
        f" {where['python']}, {versions}; {where['when']}, load average {where['load_average'][0]}."
    )


def _row(target: Target) -> str:
    unit = f" {target.unit}" if target.unit else ""
    sense = "at least" if target.at_least else "at most"
    asked = "" if target.bound is None else f"{sense} {short(target.bound)}{unit}"
    reached = {True: "yes", False: "**no**", None: ""}[target.met]
    return f"{target.name} | {short(target.value)}{unit} | {asked} | {reached}"


def short(value: float) -> str:
    """Write a number with three digits or more.

    >>> [short(v) for v in (0.01234, 1.5, 12.34, 123.4, 12345.6)]
    ['0.0123', '1.50', '12.3', '123', '12,346']
    """
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3 if abs(value) >= 0.1 else 4
    return f"{value:.{digits}f}"
