"""What one campaign of faults found: the row that every campaign prints, and that `campaigns` puts together.

A campaign does something many times, injects a fault each time (a kill, a full disk, a flipped bit, a
foreign address), and looks at what is there afterwards. Its `main` ends with `Campaign(...).report()`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

__all__ = ["Campaign", "as_markdown", "read_campaign"]

_COLUMNS = ("campaign", "trials", "faults", "losses", "silent differences", "tracebacks", "seed", "command")


@dataclass(frozen=True)
class Campaign:
    """What a campaign found.

    Attributes:
        name: what was tried, a few words.
        command: what runs it again.
        trials: how often something was tried.
        faults: how many faults were injected; 0 is a campaign that proves nothing.
        losses: trials after which something of the user's was gone, or had got where it must not.
        silent: trials that gave another result without a word.
        tracebacks: trials that ended in a traceback, a crash, a hang, or beyond the memory they may take.
        seed: of the random numbers; None where nothing is drawn.
        seconds: how long it took.
        notes: what else has to be known, a sentence each: what failed, what was measured beside it.
    """

    name: str
    command: str
    trials: int
    faults: int
    losses: int = 0
    silent: int = 0
    tracebacks: int = 0
    seed: int | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether faults were injected and nothing came of them."""
        return self.faults > 0 and not (self.losses or self.silent or self.tracebacks)

    def report(self) -> None:
        """Print the row and the notes, and at last a line of JSON, which `campaigns` reads."""
        print(as_markdown([self]))
        print(json.dumps(asdict(self)), flush=True)


def read_campaign(line: str) -> Campaign:
    """Read the last line that a campaign printed."""
    fields = json.loads(line)
    return Campaign(**fields | {"notes": tuple(fields["notes"])})


def as_markdown(found: Sequence[Campaign]) -> str:
    """Write the table of several campaigns, and their notes below it.

    >>> print(as_markdown([Campaign("kills", "python -m tests.benchmarks.kills", 264, 264, seed=1)]))
    | campaign | trials | faults | losses | silent differences | tracebacks | seed | command |
    |---|---|---|---|---|---|---|---|
    | kills | 264 | 264 | 0 | 0 | 0 | 1 | `python -m tests.benchmarks.kills` |
    """
    lines = [f"| {' | '.join(_COLUMNS)} |", "|" + "---|" * len(_COLUMNS)]
    for one in found:
        bad = [f"**{n:,}**" if n else "0" for n in (one.losses, one.silent, one.tracebacks)]
        seed = "" if one.seed is None else str(one.seed)
        cells = [one.name, f"{one.trials:,}", f"{one.faults:,}", *bad, seed, f"`{one.command}`"]
        lines.append(f"| {' | '.join(cells)} |")
    notes = [f"- {one.name}: {note}" for one in found for note in one.notes]
    return "\n".join([*lines, "", *notes] if notes else lines)
