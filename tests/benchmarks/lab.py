"""What the suites work with: folders of pictures, converted backbones, finished runs, fresh workspaces."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.benchmarks.harness import ROOT, Outcome, run, task

__all__ = ["FLOAT", "INT8", "Lab"]

FLOAT, INT8 = "efficientnet_lite0", "efficientnet_lite0_quantized"


@dataclass(frozen=True)
class Lab:
    """What the suites work with.

    Attributes:
        train: folder of label folders to train on.
        demo: likewise, to evaluate on.
        folder: for everything that is made on the way; deleted afterwards.
        repeat: how often each thing is measured.
        many: how many small pictures are scanned.
        code: the root of the code that is measured.
        forms: names of the runs below that are needed.
    """

    train: Path
    demo: Path
    folder: Path
    repeat: int
    many: int
    code: Path = ROOT
    forms: tuple[str, ...] = ("float", "int8")

    @property
    def models(self) -> Path:
        return self.trained / "models"

    @cached_property
    def model(self) -> Path:
        """The backbone in floating point, converted."""
        return Path(self.run(task("convert", backbone=FLOAT, models=self.models)).answer["model"])

    @property
    def trained(self) -> Path:
        """The workspace of the runs below."""
        return self.folder / "trained"

    @cached_property
    def runs(self) -> dict[str, Outcome]:
        """A finished run of each of `forms`, evaluated on the demo folder."""
        assert self.model
        return {
            name: self.run(
                task(
                    "train_run",
                    folder=self.train,
                    demo=self.demo,
                    workspace=self.trained,
                    models=self.models,
                    backbone=backbone,
                    name=name,
                )
            )
            for name, backbone in (("float", FLOAT), ("int8", INT8))
            if name in self.forms
        }

    def run(self, command: Sequence[str]) -> Outcome:
        """Run a command with the code that is measured."""
        return run(command, self.code)

    def fresh(self) -> Path:
        """Make an empty workspace that has the converted backbones."""
        assert self.model
        place = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.models, place / "models")
        return place

    def fresh_with_runs(self) -> Path:
        """Make a workspace that has the runs, and has never seen a picture."""
        assert self.runs
        place = self.fresh()
        shutil.copytree(self.trained / "runs", place / "runs")
        return place
