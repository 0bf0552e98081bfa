"""The run folder: the only module that knows its file names.

A run is a folder. Everything a page or a command wants to know of it is read from there, and every file in
it is written whole or appended line by line, so that a reader never sees half of one.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from poetcore.errors import OptionError, RunError
from poetcore.system.checksums import sealed, unsealed
from poetcore.system.options import build, flatten
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.head import Head, pack_head
from poetcore.workspace.job_folder import JobFolder
from poetcore.workspace.label_groups import LabelGroups, read_label_groups
from poetcore.workspace.model_files import pack_array, read_array, read_labels, read_layers
from poetcore.workspace.records import (
    as_record,
    line_of,
    read_json,
    read_json_lines,
    read_record,
    to_csv,
    to_json,
)
from poetcore.workspace.run_checksums import HEAD, add_missing, check_layer
from poetcore.workspace.run_record import DAMAGED, RunRecord, Status
from poetcore.workspace.run_tables import SPLIT_COLUMNS, read_cross_validation, read_split
from poetcore.workspace.titles import automatic_title, read_title, write_title

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["Run"]

#: Of these one at least is in the folder of a run, however it ended.
_MARKS = ("status.json", "run.json", "config.json")

Config = TypeVar("Config")


class Run(JobFolder):
    """One run's folder.

    Args:
        folder: must exist.
    """

    remedy = "train again"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.exports = folder / "exports"
        #: Lists (`data/held_out`): the pictures it was tested on, and those kept aside when it was trained.
        self.testing_file = folder / "testing.json"
        self.kept_aside_file = folder / "kept_aside.json"
        #: Where this lies, a fine-tuning ends with the best so far.
        self.stop_file = folder / "stop"
        #: What labels mean together, and what mistakes cost; may be changed after the training.
        self.label_groups_file = folder / "label_groups.json"
        self.learning_curve_file = folder / "learning_curve.json"
        self._title_file = folder / "title.txt"

    @property
    def title(self) -> str:
        """What people call it: its own title, or dataset, backbone and start. Not escaped, not unique."""
        return read_title(self._title_file) or automatic_title(self.folder, self.began())

    def rename_title(self, text: str) -> None:
        """Set another title, or the automatic one again for an empty text; see `write_title`."""
        write_title(self._title_file, text)

    def exists(self) -> bool:
        """Return whether the folder is one of a run, however damaged; one that is being made is none yet."""
        try:
            return not self.name.startswith(".") and any((self.folder / name).exists() for name in _MARKS)
        except PermissionError:
            return True

    def has_begun(self) -> bool:
        """Return whether it has something to keep: a report of the training, or what a process is to do."""
        reported = any(event["kind"] in ("step", "strength") for event in self.events())
        return reported or (self.folder / "config.json").is_file()

    def check_readable(self, status: Status) -> None:
        """Check that the record of a finished run can be read."""
        if status.phase == "done":
            self.record()

    def record(self) -> RunRecord:
        """Read `run.json`, which only a finished run has.

        Raises:
            RunError: it is missing or damaged.
        """
        return read_record(self.folder / "run.json", RunRecord, self.remedy)

    def config(self, kind: type[Config]) -> Config:
        """Read `config.json`, which only a run in a child process has.

        Args:
            kind: the dataclass that was written.

        Raises:
            RunError: it is missing or damaged.
        """
        file = self.folder / "config.json"
        try:
            return build(kind, unsealed(read_json(file)))
        except (OptionError, ValueError, TypeError, AttributeError) as error:
            raise RunError(f"{file} is damaged ({str(error).rstrip('.')}): {self.remedy}.") from None

    def write_config(self, config: object) -> None:
        """Write a dataclass by its options' names, with a checksum, before a process is started on it."""
        values = {name: str(v) if isinstance(v, Path) else v for name, v in flatten(config).items()}
        self.write("config.json", to_json(sealed(values)))

    def state(self) -> str:
        """Return the phase of its status; `DAMAGED` if that, or the record of a done one, is unreadable."""
        try:
            phase = self.status().phase
            if phase == "done":
                self.record()
        except RunError:
            return DAMAGED
        return phase

    def write_record(self, record: RunRecord) -> None:
        """Write `run.json`, with the checksums of files of which it holds none yet."""
        checksums = add_missing(record.checksums, self.folder)
        self.write("run.json", as_record(replace(record, checksums=checksums)))

    def append_event(self, kind: str, **values: Any) -> None:
        """Add a line to `events.jsonl`; `kind` is "bottleneck", "preview", "step", "strength" or "final"."""
        try:
            with (self.folder / "events.jsonl").open("a", encoding="utf-8") as file:
                file.write(line_of({"kind": kind, "time": round(time.time(), 3), **values}))
        except FileNotFoundError:
            raise self.gone() from None

    def network_file(self, number: int = 0, ending: str = ".tflite") -> Path:
        """Return where a network is kept that cannot be made again, `number` from 0 if there are several."""
        return self.folder / f"backbone{f'-{number + 1}' if number else ''}{ending}"

    def events(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        """Read the events so far, oldest first, without lines that are damaged or not whole yet."""
        for event in read_json_lines(self.folder / "events.jsonl"):
            if "kind" in event and kind in (None, event["kind"]):
                yield event

    def labels(self) -> list[str]:
        """Read the labels, in the order of the model's outputs.

        Raises:
            RunError: they are missing or damaged, or others than those that the run was trained on.
        """
        record = self._known_record()
        return read_labels(self._file("labels.txt"), record.labels if record else None)

    def head(self) -> Head:
        """Read the layer to predict with: as it was trained, its outputs divided by the temperature.

        Raises:
            RunError: it is missing or damaged, or does not fit the labels.
        """
        head, labels = self._unpacked()[0], self.labels()
        if len(head.bias) != len(labels):
            raise RunError(
                f"The run {self.name!r} is damaged: {len(labels)} labels for {len(head.bias)} outputs, train"
                " it again."
            )
        return head

    def temperature(self) -> float:
        """Read what the outputs of the trained layer are divided by before the softmax; 1 where by nothing.

        Raises:
            RunError: the layer is missing or damaged.
        """
        return self._unpacked()[2]

    def set_temperature(self, temperature: float) -> None:
        """Divide the outputs of the trained layer by a temperature, from now on and in every export.

        Args:
            temperature: above 0; 1 restores the layer as it was trained.

        Raises:
            OptionError: it is not a number above 0.
            RunError: the layer is missing or damaged.
        """
        if not (temperature > 0 and math.isfinite(temperature)):
            raise OptionError(f"A temperature must be a number above 0. Received: {temperature!r}.")
        self.write(HEAD, pack_head(self._unpacked()[1], temperature))

    def trained_head(self) -> Head:
        """Read the layer as it was trained, whose outputs are divided by no temperature.

        Raises:
            RunError: it is missing or damaged.
        """
        return self._unpacked()[1]

    def _unpacked(self) -> tuple[Head, Head, float]:
        file, record = self._file(HEAD), self._known_record()
        layers = read_layers(file)
        check_layer(layers[1], record.checksums if record else {}, file)
        return layers

    def write_model(self, labels: list[str], head: Head) -> None:
        """Write the layer as it was trained, and its labels."""
        self.write(HEAD, pack_head(head))
        self.write("labels.txt", "".join(f"{label}\n" for label in labels))

    def split(self) -> "pd.DataFrame":
        """Read `split.csv`: the path, label, split and sha of every picture that was used, and its group.

        The column `group` is the number of the group that was not divided; older runs have none.

        Raises:
            RunError: it is missing or damaged.
        """
        return read_split(self._file("split.csv"), self._known_record())

    def write_split(self, split: "pd.DataFrame") -> None:
        """Write `split.csv` from the columns path, label, split, sha and group."""
        self._write_checked("split.csv", to_csv(split[[*SPLIT_COLUMNS, *({"group"} & set(split))]]))

    def cross_validation(self) -> "pd.DataFrame":
        """Read `cross_validation.csv`: each picture as predicted by the layer that was trained without it.

        Raises:
            RunError: it is missing or damaged; a run of an earlier version has none.
        """
        return read_cross_validation(self.folder / "cross_validation.csv", self._known_record())

    def write_cross_validation(self, predictions: "pd.DataFrame") -> None:
        """Write `cross_validation.csv`."""
        self._write_checked("cross_validation.csv", to_csv(predictions))

    def novelty_pictures(self) -> "np.ndarray | None":
        """Read what new pictures are compared with, `(n, vector_length) float16`; None where it is gone.

        Raises:
            RunError: it is damaged.
        """
        return read_array(self.folder / "novelty.npy", self._known_record())

    def write_novelty_pictures(self, vectors: "np.ndarray") -> None:
        """Write `novelty.npy`, of some training pictures the feature vectors as `rooted` returns them."""
        self._write_checked("novelty.npy", pack_array(vectors.astype("float16")))

    def label_groups(self) -> LabelGroups:
        """Read the groups of labels, and what mistakes cost; none where nobody set any.

        Raises:
            RunError: they are damaged, or the run's labels are.
        """
        return read_label_groups(self.label_groups_file, self.labels())

    def evaluation(self, name: str) -> "EvaluationFolder":
        """Return the folder of an evaluation by its name, which may not be there yet."""
        return EvaluationFolder(self.folder / "evaluations" / name, self.folder)

    def evaluations(self) -> list["EvaluationFolder"]:
        """List the evaluations that are there, the newest first."""
        files = (self.folder / "evaluations").glob("*/metrics.json")
        newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
        return [EvaluationFolder(file.parent, self.folder) for file in newest]

    def _write_checked(self, name: str, content: str | bytes) -> None:
        """Write a file whose checksum the record holds; killed in between, it holds none."""
        if record := self._known_record():
            others = {one: told for one, told in record.checksums.items() if one != name}
            record = replace(record, checksums=others)
            self.write("run.json", as_record(record))
        self.write(name, content)
        if record:
            self.write_record(record)

    def _known_record(self) -> RunRecord | None:
        """Return the record, None where there is none that can be read, as while the run is trained."""
        try:
            return self.record()
        except RunError:
            return None

    def _file(self, name: str) -> Path:
        """Return a file of a finished run."""
        file = self.folder / name
        if file.is_file():
            return file
        sentence = f"The run {self.name!r} has no {name}: it is unfinished or damaged, train it again."
        raise RunError(sentence) if self.folder.is_dir() else self.gone()
