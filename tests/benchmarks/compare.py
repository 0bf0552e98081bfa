"""What became slower since a stored baseline, by more than the noise.

    python -m tests.benchmarks.compare BASELINE.json MEASURED.json

compares two files that `python -m tests.benchmarks ... --out` wrote; with `--compare BASELINE.json` that
command measures and compares in one go. Ends with 1 where something got slower, with 2 where a file cannot be
read or has nothing in common with the other.

The rule. The ratio of two sets of repeats is the median of all ratios of one of these to one of those (Hodges
and Lehmann, "Estimates of location based on rank tests", 1963), and its interval the rank-sum test of Mann
and Whitney (1947) turned round: it asks nothing of how times are distributed, and an outlier hardly moves it.
With three or four repeats of each it is the plain rule that the two ranges do not overlap. Slower is what has
its whole interval above 1, and is slower by `MARGIN` besides, as a machine is not equally fast at any hour.
"""

import argparse
import json
import math
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.table import Figure, Table, short

__all__ = ["BaselineError", "Comparison", "Ratio", "compared", "ratio_of", "read_baseline", "status_of"]

#: A ratio nearer to 1 is never marked, however surely it is not 1.
MARGIN = 1.05

#: How often chance alone may put a whole interval above 1 (or below), where there are repeats for that.
CHANCE = 0.01

#: With so few repeats that ranges without overlap come by chance more often than this, nothing is marked.
_TOO_OFTEN = 0.05

_HINTS = "the ratios are only hints"


class BaselineError(Exception):
    """There is nothing to compare with; its message is one sentence."""


@dataclass(frozen=True)
class Ratio:
    """One figure now, as so many times what it was.

    Attributes:
        name: of the figure.
        unit: of its values.
        before: median of the baseline.
        now: median of what was measured now.
        value: how many times as long, or as much memory; of "pictures/s" the inverse: above 1 is worse.
        low: the lower end of its interval.
        high: the upper end.
        by_chance: how often chance alone puts the whole interval above 1.
    """

    name: str
    unit: str
    before: float
    now: float
    value: float
    low: float
    high: float
    by_chance: float

    @property
    def told(self) -> bool:
        """Whether there are repeats enough to tell it from noise."""
        return self.by_chance <= _TOO_OFTEN

    @property
    def verdict(self) -> str:
        """What it is called, if it is not noise: "slower", "more memory", "lower" ...; else nothing."""
        worse, better = _words(self.unit)
        if not self.told or self.low <= 1 <= self.high:
            return ""
        if worse in ("slower", "more memory") and 1 / MARGIN < self.value < MARGIN:
            return ""
        return worse if self.value > 1 else better

    def __str__(self) -> str:
        verdict = f"**{self.verdict}**" if self.verdict in ("slower", "more memory") else self.verdict
        spread = f" ({self.low:.2f} to {self.high:.2f})"
        return f"{self.name} | {_both(self)} {self.unit} | {self.value:.2f}{spread} | {verdict}"


@dataclass(frozen=True)
class Comparison:
    """A table of figures beside a baseline.

    Attributes:
        ratios: of the figures that both have.
        notes: what makes them doubtful, and what only one of both has; one sentence each.
    """

    ratios: tuple[Ratio, ...]
    notes: tuple[str, ...]

    @property
    def slower(self) -> list[Ratio]:
        return [one for one in self.ratios if one.verdict == "slower"]

    @property
    def outcome(self) -> str:
        """What is to be known of it in one sentence."""
        names = ", ".join(f"{one.name} ({one.value:.2f} times)" for one in self.slower)
        if names:
            return f"Slower: {names}."
        if not self.ratios:
            return "Both have nothing in common that could be compared, so nothing is known."
        told = [one for one in self.ratios if one.told]
        if not told:
            return "Nothing can be told from noise, so nothing is known."
        return "Nothing got slower by more than the noise."

    def as_markdown(self) -> str:
        """Write all ratios, the worst first."""
        lines = ["# Beside the baseline", "", *(f"- {note}" for note in self.notes), ""]
        lines += ["| measured | before, now | times the baseline (interval) | |", "|---|---|---|---|"]
        lines += [f"| {one} |" for one in sorted(self.ratios, key=lambda one: -one.value)] + [""]
        lines += [
            self.outcome,
            "",
            f"Above 1 is slower, or more memory. Marked is what differs from 1 by its whole interval and by"
            f" {MARGIN - 1:.0%} at least.",
        ]
        return "\n".join(lines) + "\n"


def read_baseline(file: Path) -> Table:
    """Read a table that was written by `Table.write`.

    Raises:
        BaselineError: there is no such file, or it is something else.
    """
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        table = Table(str(read["title"]), dict(read["machine"]), settings=dict(read.get("settings", {})))
        for one in read["figures"]:
            values = tuple(float(value) for value in one["values"])
            if not values:
                raise ValueError(f"{one['name']} has no values")
            table.figures.append(Figure(str(one["name"]), str(one["unit"]), values))
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = f"it is no table of benchmarks: {type(error).__name__} {error}"
    else:
        return table
    raise BaselineError(
        f"The baseline {file} cannot be read ({reason}): give a benchmarks.json that --out wrote."
    )


def compared(baseline: Table, now: Table) -> Comparison:
    """Compare what both tables have measured."""
    before = {one.name: one for one in baseline.figures}
    after = {one.name: one for one in now.figures}
    both = [name for name in after if name in before]
    apart = [name for name in both if not _comparable(before[name], after[name])]
    ratios = tuple(ratio_of(before[name], after[name]) for name in both if name not in apart)
    notes = [*_doubts(baseline, now), *_only("the baseline", before, after), *_only("now", after, before)]
    if apart:
        notes.append(f"Not compared, for a value that is not above 0 or another unit: {', '.join(apart)}.")
    if ratios and not all(one.told for one in ratios):
        notes.append("Too few repeats to tell some of it from noise: three of each at least, better five.")
    elif any(one.by_chance > CHANCE for one in ratios):
        notes.append("With so few repeats chance alone may mark a figure: five of each do so seldom.")
    return Comparison(ratios, tuple(notes))


def ratio_of(before: Figure, now: Figure) -> Ratio:
    """Compute how many times its baseline a figure is.

    >>> ratio_of(Figure("sum", "s", (1.0, 1.1, 1.2)), Figure("sum", "s", (2.2, 2.0, 2.1))).verdict
    'slower'
    """
    rate = now.unit.endswith("/s")
    pairs = [a / b if rate else b / a for a in before.values for b in now.values]
    pairs.sort()
    sizes = len(before.values), len(now.values)
    cut = _cut(*sizes)
    by_chance = max(CHANCE, 1 / math.comb(sum(sizes), sizes[0]))
    middle = statistics.median(pairs)
    return Ratio(
        now.name, now.unit, before.median, now.median, middle, pairs[cut], pairs[-1 - cut], by_chance
    )


@cache
def _cut(n: int, m: int) -> int:
    """Return how many of the n m ordered ratios are cut off at either end of the interval.

    That is the largest u with P(U <= u) <= CHANCE where nothing has changed (0 where P(U = 0) is larger), and
    U the number of pairs in which the second is the smaller one (Mann and Whitney 1947, their recursion).
    """
    share = np.cumsum(_arrangements(n, m)) / math.comb(n + m, n)
    return max(int((share <= CHANCE).sum()) - 1, 0)


@cache
def _arrangements(n: int, m: int) -> np.ndarray:
    """Count the orders of n and m values that have 0, 1, ... n m such pairs: `(n m + 1,) float64`."""
    counts = np.zeros(n * m + 1)
    if n == 0 or m == 0:
        counts[0] = 1
        return counts
    counts[m:] += _arrangements(n - 1, m)
    counts[: n * (m - 1) + 1] += _arrangements(n, m - 1)
    return counts


def _words(unit: str) -> tuple[str, str]:
    """Return what more than before and less than before are called."""
    if unit == "MB":
        return "more memory", "less memory"
    return ("slower", "faster") if unit in ("s", "ms") or unit.endswith("/s") else ("higher", "lower")


def _comparable(before: Figure, now: Figure) -> bool:
    values = (*before.values, *now.values)
    return before.unit == now.unit and all(value > 0 and math.isfinite(value) for value in values)


def _only(where: str, these: Mapping[str, Figure], others: Mapping[str, Figure]) -> list[str]:
    missing = [name for name in these if name not in others]
    return [f"Only {where} has: {', '.join(missing)}."] if missing else []


def _doubts(baseline: Table, now: Table) -> list[str]:
    """Return what differs between the two measurements besides the code, one sentence each."""
    found = []
    for part, words in (
        ("processor", "the processor"),
        ("cores", "the number of cores"),
        ("memory_gb", "the memory"),
        ("system", "the system"),
        ("python", "Python"),
    ):
        was, is_now = (table.machine.get(part) for table in (baseline, now))
        if was != is_now:
            found.append(f"Not the same machine: {words} was {was} and is {is_now}; {_HINTS}.")
    was, is_now = (dict(table.machine.get("versions", {})) for table in (baseline, now))
    changed = [
        f"{name} {was.get(name, 'missing')} to {is_now.get(name, 'missing')}"
        for name in sorted({*was, *is_now})
        if was.get(name) != is_now.get(name)
    ]
    if changed:
        found.append(f"Other versions: {', '.join(changed)}; {_HINTS}.")
    for part in ("quick", "many", "train_pictures", "demo_pictures"):
        was, is_now = (table.settings.get(part) for table in (baseline, now))
        if was != is_now:
            found.append(f"Measured otherwise: {part.replace('_', ' ')} was {was} and is {is_now}; {_HINTS}.")
    in_turn = baseline.machine == now.machine
    for table, when in ((baseline, "before"), (now, "now"))[in_turn:]:
        if table.machine.get("warning"):
            found.append(f"{table.machine['warning']} That was {when}; {_HINTS}.")
    return found + ([note for note in baseline.notes if note not in now.notes] if in_turn else [])


def _both(one: Ratio) -> str:
    return f"{short(one.before)}, {short(one.now)}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("baseline", type=Path, help="a benchmarks.json of before")
    parser.add_argument("measured", type=Path, help="another, measured later")
    arguments = parser.parse_args(argv)
    try:
        tables: list[Any] = [read_baseline(file) for file in (arguments.baseline, arguments.measured)]
    except BaselineError as error:
        print(error, file=sys.stderr)
        return 2
    comparison = compared(*tables)
    print(comparison.as_markdown())
    return status_of(comparison)


def status_of(comparison: Comparison) -> int:
    """Return the exit status: 1 where something got slower, 2 where nothing was compared."""
    return 1 if comparison.slower else 0 if comparison.ratios else 2


if __name__ == "__main__":
    sys.exit(main())
