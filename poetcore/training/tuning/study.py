"""The folder of a tuning: the only module that knows its file names.

In it are `tuning.json` (options, settings of the trials, versions; once prepared pictures and costs),
`status.json` as a run's, `trials.jsonl` (one object a line as the trials end), `predicted` (a file a trial:
which pictures it labels right, for the paired comparison), at the end `choice.json`, and `job.log`, what the
child process printed.
"""

import io
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from poetcore.errors import OptionError, RunError
from poetcore.features.engines import DEFAULT_ENGINE, recorded
from poetcore.system.checksums import sealed
from poetcore.system.options import build
from poetcore.system.reading import read_arrays
from poetcore.system.shapes import build_from
from poetcore.training.config import RunConfig
from poetcore.training.tuning.choice import Choice, StoredChoice
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.records import COSTS, FIGURES, Plan, Trial
from poetcore.training.tuning.settings import Setting
from poetcore.workspace.job_folder import JobFolder
from poetcore.workspace.records import as_record, line_of, read_json_lines, read_record, to_json
from poetcore.workspace.run_record import Status
from poetcore.workspace.titles import folder_title

__all__ = ["Study"]


class Study(JobFolder):
    """One tuning's folder.

    Args:
        folder: must exist.
    """

    remedy = "resume the tuning, or begin another"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._plan_file = folder / "tuning.json"
        self._trials_file = folder / "trials.jsonl"

    @property
    def title(self) -> str:
        """What people call it: dataset and start; not escaped, not unique."""
        return f"{folder_title(self.options().image_dir, whole=True)} · {self.name}"

    def exists(self) -> bool:
        """Return whether the folder is one of a tuning, however damaged; in the making it is none yet."""
        marks = (self._plan_file, self._trials_file)
        return not self.name.startswith(".") and any(file.exists() for file in marks)

    def options(self) -> TuneOptions:
        """Read what it was asked for.

        Raises:
            RunError: `tuning.json` is missing or damaged.
        """
        try:
            values = self._plan().options
            return build(TuneOptions, values | {"engine": recorded(values.get("engine", DEFAULT_ENGINE))})
        except OptionError as error:
            raise RunError(f"{self._plan_file} is damaged: {error}") from None

    def settings(self) -> list[Setting]:
        """Read the settings of its trials, in their order.

        Raises:
            RunError: `tuning.json` is missing or damaged.
        """
        return self._plan().settings

    def environment(self) -> dict[str, Any]:
        """Read what was found when the pictures were prepared; empty before that.

        That is `pictures`, `labels` (a list), `groups`, `state` (a hash of the pictures, their labels and
        folds), `costs` (a `Cost` as a dict by architecture) and `cores`.
        """
        return self._plan().environment or {}

    def costs(self) -> dict[str, dict[str, Any]]:
        """Return what each backbone costs, by architecture: the fields of `Cost`; empty where not known."""
        found: dict[str, dict[str, Any]] = self.environment().get("costs", {})
        return found

    def write_environment(self, found: dict[str, Any]) -> None:
        """Write what was found when the pictures were prepared."""
        self.write_plan(replace(self._plan(), environment=found))

    def write_plan(self, plan: Plan) -> None:
        """Write what it is to do."""
        self.write(self._plan_file.name, as_record(plan))

    def config_of(self, number: int) -> RunConfig:
        """Return the configuration of a run with the settings of a trial.

        Raises:
            OptionError: there is no such trial.
            RunError: `tuning.json` is missing or damaged.
        """
        settings = self.settings()
        if not 0 <= number < len(settings):
            raise OptionError(
                f"The tuning {self.name!r} has trials 0 to {len(settings) - 1}. Received: {number}."
            )
        return settings[number].config(self.options())

    def check_readable(self, status: Status) -> None:
        """Check that the settings of its trials can be read."""
        self.settings()

    def ended(self) -> dict[int, Trial]:
        """Read the trials that have ended, by their numbers; a line that is damaged counts as none."""
        found = {}
        for line in read_json_lines(self._trials_file):
            with suppress(ValueError):
                trial: Trial = build_from(line, Trial)
                found[trial.number] = trial
        return dict(sorted(found.items()))

    def add(self, trial: Trial, predicted: dict[str, np.ndarray]) -> None:
        """Add a trial that has ended, what it predicted first, so that a line means that both are there.

        Args:
            trial: its figures.
            predicted: arrays that `predicted` returns again; none where its training diverged.
        """
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, **predicted)
        self.write(f"predicted/{trial.number}.npz", content.getvalue())
        with self._trials_file.open("a", encoding="utf-8") as lines:
            # A line that was not written whole, on a full disk, must not spoil this one.
            whole = not lines.tell() or self._trials_file.read_bytes()[-1:] == b"\n"
            lines.write(("" if whole else "\n") + line_of(asdict(trial)))

    def predicted(self, number: int) -> dict[str, np.ndarray] | None:
        """Read the arrays of a trial; None where they are missing or damaged."""
        with suppress(ValueError):
            return read_arrays(self._predicted_file(number))
        return None

    def trials(self) -> pd.DataFrame:
        """Return the trials that have ended.

        Returns:
            One row a trial: number, the fields of `Setting`, then `FIGURES`; NaN for what is not known.
        """
        settings = self.settings()
        costs = self.costs()
        rows = []
        for number, trial in self.ended().items():
            if number < len(settings):
                setting = settings[number]
                cost = costs.get(setting.architecture, {})
                rows.append(asdict(trial) | asdict(setting) | {name: cost.get(name) for name in COSTS})
        columns = ["number", *(one.name for one in fields(Setting)), *FIGURES]
        table = pd.DataFrame(rows, columns=columns)
        numbers = [name for name in FIGURES if name != "message"]
        return table.astype(dict.fromkeys(numbers, float))

    def choice(self) -> Choice | None:
        """Read what was chosen; None before the end."""
        file = self.folder / "choice.json"
        if not file.is_file():
            return None
        return Choice.of(read_record(file, StoredChoice, "resume the tuning, which chooses again"))

    def write_choice(self, choice: Choice) -> None:
        """Write `choice.json`."""
        self.write("choice.json", to_json(sealed(choice.to_dict())))

    def _predicted_file(self, number: int) -> Path:
        return self.folder / "predicted" / f"{number}.npz"

    def _plan(self) -> Plan:
        return read_record(self._plan_file, Plan, "begin another tuning")
