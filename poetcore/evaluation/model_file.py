"""A model that is a file: a frozen graph, or what `export` writes, evaluated like a run."""

import hashlib
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from poetcore.errors import OptionError, PoetError
from poetcore.evaluation.evaluate import evaluate_graph
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.model_file_kinds import KINDS, kind_of, labels_of
from poetcore.system.files import printable
from poetcore.system.processes import run_module
from poetcore.system.progress import OnProgress, Progress
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.records import to_json
from poetcore.workspace.workspace import Workspace

__all__ = ["ModelFile"]


@dataclass(frozen=True)
class ModelFile:
    """A frozen graph, or an exported model, that lies anywhere.

    Attributes:
        path: the file; of a SavedModel or a model for OpenVINO the folder.
        labels_file: one label a line, in the order of its outputs; None for the one that lies beside it or in
            it.
        options: how pictures are fed to a frozen graph.

    Raises:
        OptionError: it is of none of the kinds that can be run.
    """

    path: Path
    labels_file: Path | None = None
    options: GraphOptions = field(default_factory=GraphOptions)

    def __post_init__(self) -> None:
        kind_of(self.path)

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.path.name

    @property
    def title(self) -> str:
        """What it is called in a sentence: its file's name."""
        return printable(Path(self.path.name))

    @property
    def version(self) -> str:
        """A hash of its content, its labels and how it is fed, which tells it from a later file there."""
        found = hashlib.sha256(repr((self.labels(), self.options)).encode())
        files = sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]
        for file in files:
            if file.is_file():
                with file.open("rb") as stream:
                    found.update(hashlib.file_digest(stream, "sha256").digest())
        return found.hexdigest()

    def labels(self) -> tuple[str, ...]:
        """Read its labels, in the order of its outputs.

        Raises:
            OptionError: they are missing or damaged.
        """
        return labels_of(self.path, self.labels_file)

    def evaluate(
        self,
        folder: Path,
        workspace: Workspace,
        *,
        on_progress: OnProgress | None = None,
        only: list[str] | None = None,
    ) -> Evaluation:
        """Evaluate it on a folder of label folders; what needs TensorFlow is run by a child process.

        Args:
            folder: the demo folder.
            workspace: where caches and first labels are kept.
            on_progress: called in the phase `evaluating`.
            only: label folders, where the others are passed over.

        Raises:
            DatasetError: the folder cannot be used, or has a label that the model was not trained on.
            OptionError: the file cannot be run, or does not fit its labels.
        """
        kind = KINDS[kind_of(self.path)]
        if not kind.heavy:
            model = kind.open(self.path, self.labels_file, self.options)
            return evaluate_graph(model, self.name, folder, workspace, on_progress=on_progress, only=only)
        if on_progress:
            on_progress(Progress("evaluating", message=f"Running {self.title}"))
        with tempfile.TemporaryDirectory() as place:
            given = {
                "path": os.path.abspath(self.path),
                "labels_file": self.labels_file and os.path.abspath(self.labels_file),
                "options": asdict(self.options),
                "folder": str(folder),
                "workspace": str(workspace.root),
                "bottlenecks": str(workspace.bottlenecks),
                "only": only,
            }
            try:
                run_module("poetcore.evaluation.model_file_run", [place], to_json(given))
            except PoetError as error:
                raise OptionError(str(error).removeprefix("Error: ")) from None
            return Evaluation.load(EvaluationFolder(Path(place)))
