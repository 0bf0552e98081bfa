"""The run folder: the only module that knows its file names.

A run is a folder. Everything a page or a command wants to know of it is read from there, and every file in
it is written whole or appended line by line, so that a reader never sees half of one.
"""

import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from poetcore.errors import OptionError, RunError
from poetcore.system.files import write_whole
from poetcore.system.options import build, flatten
from poetcore.system.progress import RUN_PHASES
from poetcore.workspace.head import Head

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FINAL_PHASES",
    "PHASES",
    "EvaluationFolder",
    "Run",
    "RunRecord",
    "Status",
    "read_record",
    "to_json",
]

#: What a run does, in this order; "drawing" and "evaluating" only where they were asked for.
PHASES = RUN_PHASES
FINAL_PHASES = ("done", "failed", "cancelled")

_SPLIT_COLUMNS = ("path", "label", "split", "sha")

Record = TypeVar("Record")
Config = TypeVar("Config")


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
    """

    phase: str
    done: int = 0
    total: int = 0
    started: float = field(default_factory=time.time)
    heartbeat: float = field(default_factory=time.time)
    pid: int = field(default_factory=os.getpid)
    message: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self.phase in FINAL_PHASES


@dataclass(frozen=True)
class RunRecord:
    """What a finished run is: the content of `run.json`.

    Attributes:
        name: the run's name.
        created: when it began, ISO 8601 with the time zone.
        image_dir: the folder it learnt from, absolute.
        backbone: name of the pre-trained network.
        input_size: pixels a side that the network sees.
        labels: in the order of the model's outputs.
        options: the training options by their original names.
        splits: pictures in training, validation and testing.
        skipped: files left out, each with `path` and `reason`.
        bottlenecks: how many vectors were `computed`, `cached`, `skipped`.
        timings: seconds, by name.
        metrics: final figures, by name.
        versions: of Poet and of the libraries that made it.
        calibration: which pictures a quantized backbone was calibrated on; else "".
    """

    name: str
    created: str
    image_dir: str
    backbone: str
    input_size: int
    labels: list[str]
    options: dict[str, Any]
    splits: dict[str, int]
    skipped: list[dict[str, str]]
    bottlenecks: dict[str, int]
    timings: dict[str, float]
    metrics: dict[str, Any]
    versions: dict[str, str]
    calibration: str = ""


class Run:
    """One run's folder.

    Args:
        folder: must exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.log_file = folder / "job.log"
        #: The model of a quantized backbone: it cannot be made again once its pictures are gone.
        self.backbone_file = folder / "backbone.tflite"
        self.exports = folder / "exports"

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    def exists(self) -> bool:
        return (self.folder / "status.json").is_file()

    def status(self) -> Status:
        """Read what it is doing."""
        return read_record(self.folder / "status.json", Status)

    def write_status(self, status: Status) -> None:
        write_whole(self.folder / "status.json", to_json(asdict(status)))

    def record(self) -> RunRecord:
        """Read what it became; only a finished run has this."""
        return read_record(self.folder / "run.json", RunRecord)

    def config(self, kind: type[Config]) -> Config:
        """Read what a process of its own was started for; other runs have no `config.json`.

        Args:
            kind: the dataclass that was written.

        Raises:
            RunError: it is missing or damaged.
        """
        file = self.folder / "config.json"
        try:
            return build(kind, _read_json(file))
        except (OptionError, TypeError, AttributeError) as error:
            raise RunError(f"{file} is damaged: {error}") from None

    def write_config(self, config: object) -> None:
        """Write the values of a dataclass by the names of its options, before a process is started on it."""
        values = {name: str(v) if isinstance(v, Path) else v for name, v in flatten(config).items()}
        write_whole(self.folder / "config.json", to_json(values))

    def state(self) -> str:
        """Return the phase of its status, or "damaged" where it is done but its record cannot be read."""
        phase = self.status().phase
        if phase == "done":
            try:
                self.record()
            except RunError:
                return "damaged"
        return phase

    def write_record(self, record: RunRecord) -> None:
        write_whole(self.folder / "run.json", to_json(asdict(record)))

    def append_event(self, kind: str, **values: Any) -> None:
        """Add a line to `events.jsonl`; `kind` is "bottleneck", "step" or "final"."""
        with (self.folder / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, "time": round(time.time(), 3), **values}) + "\n")

    def keep_backbone(self, model: Path) -> None:
        """Keep a copy of a quantized backbone's model with the run."""
        write_whole(self.backbone_file, model.read_bytes())

    def events(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        """Read the events so far, oldest first; a last line that is not whole yet is left out."""
        try:
            text = (self.folder / "events.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        for line in text[: text.rfind("\n") + 1].splitlines():
            event = json.loads(line)
            if kind is None or event["kind"] == kind:
                yield event

    def labels(self) -> list[str]:
        """Read the labels, in the order of the model's outputs."""
        return self._whole("labels.txt").read_text(encoding="utf-8").splitlines()

    def head(self) -> Head:
        """Read the taught layer."""
        file = self._whole("head.npz")
        try:
            with np.load(io.BytesIO(file.read_bytes())) as arrays:
                return Head(arrays["kernel"], arrays["bias"])
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile):
            raise RunError(f"{file} is damaged: train again.") from None

    def write_model(self, labels: list[str], head: Head) -> None:
        """Write the taught layer and its labels."""
        buffer = io.BytesIO()
        np.savez(buffer, kernel=head.kernel, bias=head.bias)
        write_whole(self.folder / "head.npz", buffer.getvalue())
        write_whole(self.folder / "labels.txt", "".join(f"{label}\n" for label in labels))

    def split(self) -> "pd.DataFrame":
        """Read the pictures it learnt from: path, label, split, sha."""
        return _read_table(self._whole("split.csv"), _SPLIT_COLUMNS)

    def write_split(self, split: "pd.DataFrame") -> None:
        write_whole(self.folder / "split.csv", _to_csv(split[list(_SPLIT_COLUMNS)]))

    def evaluation(self, name: str) -> "EvaluationFolder":
        """Give the folder of this run's evaluation of a demo folder, which may not be there yet."""
        return EvaluationFolder(self.folder / "evaluations" / name)

    def evaluations(self) -> list["EvaluationFolder"]:
        """List the evaluations that are there, the newest first."""
        files = (self.folder / "evaluations").glob("*/metrics.json")
        newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
        return [EvaluationFolder(file.parent) for file in newest]

    def _whole(self, name: str) -> Path:
        file = self.folder / name
        if not file.is_file():
            raise RunError(
                f"The run {self.name!r} has no {name}: it is unfinished or damaged, train it again."
            )
        return file


class EvaluationFolder:
    """One run's judged demo folder: `predictions.csv` and `metrics.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.predictions_file = folder / "predictions.csv"
        self.metrics_file = folder / "metrics.json"

    def exists(self) -> bool:
        return self.metrics_file.is_file()

    def write(self, predictions: "pd.DataFrame", metrics: dict[str, Any]) -> None:
        """Write both files; the metrics last, so that their being there means that all is."""
        write_whole(self.predictions_file, _to_csv(predictions))
        write_whole(self.metrics_file, to_json(metrics))

    def predictions(self) -> "pd.DataFrame":
        """Read the table of predictions.

        Raises:
            RunError: it is missing or damaged.
        """
        return _read_table(self.predictions_file, ("path", "label", "predicted"))


def _to_csv(table: "pd.DataFrame") -> str:
    # With this line end pandas quotes both kinds of line break, which file names may hold on Linux.
    return table.to_csv(index=False, lineterminator="\r\n")


def _read_table(file: Path, text: tuple[str, ...]) -> "pd.DataFrame":
    """Read a CSV file in which the columns of `text` must be, as text whatever they look like."""
    import pandas as pd

    try:
        table = pd.read_csv(file, dtype=dict.fromkeys(text, str), keep_default_na=False)
    except FileNotFoundError:
        raise RunError(f"{file} is missing: train or evaluate again.") from None
    except ValueError:
        raise RunError(f"{file} is damaged: train or evaluate again.") from None
    if not set(text) <= set(table.columns):
        raise RunError(f"{file} is damaged: train or evaluate again.")
    return table


def to_json(value: Any) -> str:
    """Write a value the way every file of a run folder is written."""
    return json.dumps(value, indent=2) + "\n"


def _read_json(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{file} is missing: the run is unfinished, train or evaluate again.") from None
    except ValueError:
        raise RunError(f"{file} is damaged: train or evaluate again.") from None


def read_record(file: Path, kind: type[Record]) -> Record:
    """Read a dataclass from JSON; fields that a later version added or dropped do no harm.

    Raises:
        RunError: it is missing, no JSON, or a field is missing or of another type than the dataclass says.
    """
    types = get_type_hints(kind)
    try:
        values = {name: value for name, value in _read_json(file).items() if name in types}
        if all(_fits(value, types[name]) for name, value in values.items()):
            return kind(**values)
    except (TypeError, AttributeError):
        pass
    raise RunError(f"{file} is damaged or of another version: train or evaluate again.")


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a value from JSON is of a field's type; what is inside a container is not looked at."""
    if kind is Any:
        return True
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in get_args(kind))
    kind = get_origin(kind) or kind
    if kind is tuple:
        return isinstance(value, list)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind)
