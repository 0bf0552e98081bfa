"""What is written about a run: what it is doing, and what it is when it is done."""

import os
import re
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from poetcore.system.identity import birth_of, find_process, host, host_name
from poetcore.system.processes import tail
from poetcore.system.progress import PHASES as EVERY_PHASE
from poetcore.system.progress import RUN_PHASES
from poetcore.system.shapes import Count, Empty, Like, Within
from poetcore.workspace import run_shapes as shapes

__all__ = ["DAMAGED", "DIED", "FINAL_PHASES", "PHASES", "RunRecord", "Status", "why_it_died"]

#: What a run does, in this order; "drawing" and "evaluating" only where they were asked for.
PHASES = RUN_PHASES
FINAL_PHASES = ("done", "failed", "cancelled")

#: The state of a run that ended well and whose record cannot be read any more; no file holds it.
DAMAGED = "damaged"

#: What is told of a run whose process is gone without having said how it ended.
DIED = "The training's process ended unexpectedly: train again, nothing that was computed is lost."

#: The last line of a traceback: `ImportError: no module ...`.
_ERROR = re.compile(r"[A-Za-z_][\w.]*(Error|Exception)\b")

#: Seconds between making a run's folder and knowing its process, at the most.
_GRACE = 10

#: Seconds without a word after which a process of another host is taken for dead; clocks may differ by less.
_SILENCE = 600

#: Of every kind of work that has a folder.
_PHASES = {*EVERY_PHASE, *FINAL_PHASES, DAMAGED}

#: The year 5138, seconds since 1970: what is later is damage.
_LAST_TIME = 1e11


@dataclass(frozen=True)
class Status:
    """What a run is doing, or how it ended.

    Attributes:
        phase: one of `PHASES`; at the end one of `FINAL_PHASES`.
        done: pictures or steps done in this phase.
        total: pictures or steps of this phase; 0 where it is not known.
        started: when the run began, seconds since 1970.
        heartbeat: when this was written, seconds since 1970.
        pid: the process that works on it; 0 before there is one.
        message: a sentence for the user.
        birth: what tells that process from any other of its number, see `birth_of`; filled in where it is
            written, "" before there is a process and in files of earlier versions.
        host: where its number is that of the process, see `identity.host`; likewise.
    """

    phase: str
    done: Count = 0
    total: Count = 0
    started: float = field(default_factory=time.time)
    heartbeat: float = field(default_factory=time.time)
    pid: int = field(default_factory=os.getpid)
    message: str = ""
    birth: str = ""
    host: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self.phase in (*FINAL_PHASES, DAMAGED)

    @property
    def elsewhere(self) -> str:
        """The host on which its process is, where that is another than this one; else ""."""
        return "" if self.host in ("", host()) else host_name(self.host)

    def of_process(self, pid: int) -> "Status":
        """Return it with another process, which works on it from now on; 0 before there is one."""
        return replace(self, pid=pid, birth="", host="", heartbeat=time.time())

    def identified(self) -> "Status":
        """Return it with what tells its process from others, where it does not say so yet."""
        return self if self.host else replace(self, birth=birth_of(self.pid), host=host())

    def is_sound(self) -> bool:
        """Return whether the phase is one, the times can be times, and the number that of a process."""
        times = (self.started, self.heartbeat)
        phase = self.phase in _PHASES
        return phase and all(0 <= one < _LAST_TIME for one in times) and 0 <= self.pid < 2**31

    def is_alive(self) -> bool:
        """Return whether the process that wrote this still works on the run, as far as this alone tells it.

        Of a process of another host only its last word is known; see also `JobFolder.current_status`.
        """
        silent = abs(time.time() - self.heartbeat)  # a clock may be set back
        if self.elsewhere:
            return silent < _SILENCE
        if self.pid == 0:
            return silent < _GRACE
        return find_process(self.pid, self.birth, not_after=self.heartbeat) is not None


def why_it_died(log: Path) -> str:
    """Return what is told of a run whose process is gone without having said how it ended.

    Args:
        log: what the process printed; an error at its end is the reason.
    """
    last = next((line.strip() for line in reversed(tail(log, 20)) if line.strip()), "")
    if last.startswith("Error: "):
        return last.removeprefix("Error: ")
    if _ERROR.match(last):
        return f"{DIED} The last line of its log: {last}"
    return DIED


@dataclass(frozen=True)
class RunRecord:
    """What a finished run is: the content of `run.json`.

    Attributes:
        name: the run's name.
        created: when it began, ISO 8601 with the time zone.
        image_dir: the folder of its training pictures, absolute.
        backbone: name of the pre-trained network; those of several joined by `+`.
        input_size: pixels a side that the network sees.
        labels: in the order of the model's outputs.
        options: the training options by their original names.
        splits: pictures in training, validation and testing.
        skipped: excluded files, each with `path` and `reason`.
        bottlenecks: how many feature vectors were `computed`, `cached`, `skipped`.
        timings: seconds, by name.
        metrics: final figures, by name.
        versions: of Poet and of the libraries that made it.
        calibration: which pictures a quantized backbone was calibrated on, of several joined by `+`; else "".
        groups: of pictures that the split keeps together: `by` (one of `GROUP_BY`), `count`, `largest` (the
            pictures of the largest), and `undivided`: the labels whose pictures are all one group, so that
            all were trained on and none tested, with their number; empty in runs of earlier versions.
        cross_validation: its figures by name; None where there was none.
        kept_aside: pictures of the folder that were kept aside for evaluation, and so are in no split.
        multi_label: of a run of several labels a picture: `thresholds`, in the order of `labels`, and what
            was cross-validated, `per_label`, `macro_f1`, `n` ...; None of any other. See `choose_thresholds`.
        augmentation: `copies`, augmented ones that were trained on, and `change`, how far they are from their
            pictures as a share of how far pictures are apart; empty without any.
        networks: of the backbone's networks that are files kept with the run, by name: `kind` ("file" or
            "fine_tuned", then with `base`), `digest`, `input_size`, `vector_length`, `scaling`, `megabytes`.
        fine_tuning: how the last blocks were trained too, and what that brought: `best` (the epoch that was
            kept, 0 where the network stayed as it was), `epochs`, `rate`, `seconds`, `frozen` and `tuned`
            (figures of the network before and after, on `pictures`) ...; see `Tuned`. Empty without.
        novelty: from which score on a picture is unknown, and what is found so; see `measure_novelty`. Empty
            where that is not known, as of a run of several labels a picture or of an earlier version.
        checksums: sha256 of the files beside it, by name; of an earlier version none. While one is written
            anew both stand here, with a blank between.
    """

    name: str
    created: str
    image_dir: str
    backbone: str
    input_size: Annotated[int, Within(1, 100_000)]
    labels: list[str]
    options: Annotated[dict[str, Any], Like(shapes.RunOptions)]
    splits: dict[str, Count]
    skipped: Annotated[list[dict[str, str]], Like(list[shapes.Skipped])]
    bottlenecks: Annotated[dict[str, int], Like(shapes.Bottlenecks)]
    timings: Annotated[dict[str, float], Like(shapes.Timings)]
    metrics: Annotated[dict[str, Any], Like(shapes.RunMetrics)]
    versions: dict[str, str]
    calibration: str = ""
    groups: Annotated[dict[str, Any], Like(shapes.Groups)] = field(default_factory=dict)
    cross_validation: Annotated[dict[str, Any] | None, Like(shapes.CrossValidation | None)] = None
    kept_aside: Count = 0
    multi_label: Annotated[dict[str, Any] | None, Like(shapes.MultiLabel | None)] = None
    augmentation: Annotated[dict[str, Any], Like(shapes.Augmented | Empty)] = field(default_factory=dict)
    networks: Annotated[dict[str, dict[str, Any]], Like(dict[str, shapes.Network])] = field(
        default_factory=dict
    )
    fine_tuning: Annotated[dict[str, Any], Like(shapes.FineTuned | Empty)] = field(default_factory=dict)
    novelty: Annotated[dict[str, Any], Like(shapes.Novelty | Empty)] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> int | None:
        """How many steps it was trained in; None of ridge regression, which has none."""
        steps: int | None = self._of_steps("how_many_training_steps")
        return steps

    @property
    def learning_rate(self) -> float | None:
        """The learning rate of its steps; None of ridge regression."""
        rate: float | None = self._of_steps("learning_rate")
        return rate

    def _of_steps(self, option: str) -> Any:
        return None if self.options.get("head") == "ridge" else self.options.get(option)

    @property
    def thresholds(self) -> dict[str, float]:
        """From which probability on each label is predicted; empty where a picture has one label."""
        return dict(zip(self.labels, self.multi_label["thresholds"], strict=True)) if self.multi_label else {}

    def is_sound(self) -> bool:
        """Return whether its values go together; what each must be its annotation says."""
        labels = set(self.labels)
        told = [found["per_label"] for found in (self.cross_validation, self.multi_label) if found]
        several = self.multi_label
        try:
            datetime.fromisoformat(self.created)
        except ValueError:
            return False
        return (
            len(labels) == len(self.labels) > 0
            and all(set(per_label) <= labels for per_label in told)
            and (several is None or len(several["thresholds"]) == len(labels))
            and set(self.networks) <= set(self.backbone.split("+"))
        )
