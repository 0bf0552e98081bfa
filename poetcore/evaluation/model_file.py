"""A model that is a file: a frozen graph, or what `export` writes, evaluated like a run."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from poetcore.evaluation.evaluate import evaluate_graph
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.foreign_model import ForeignModel
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.model_file_kinds import kind_of, labels_of
from poetcore.features.allowed_operations import MOST_BYTES
from poetcore.system.files import printable
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.reading import check_size, open_regular
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
        """A hash of its content, its labels and how it is fed, which tells it from a later file there.

        Raises:
            OSError: a file of it cannot be read, or is larger than any model.
        """
        found = hashlib.sha256(repr((self.labels(), self.options)).encode())
        files = sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]
        for file in files:
            if file.is_file():
                with open_regular(file) as stream:
                    check_size(stream, file, MOST_BYTES)
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
        """Evaluate it on a folder of label folders; it is run by a child process.

        Args:
            folder: the demo folder.
            workspace: where caches and first labels are kept.
            on_progress: called in the phase `evaluating`.
            only: label folders, where the others are passed over.

        Raises:
            DatasetError: the folder cannot be used, or has a label that the model was not trained on.
            OptionError: the file cannot be run, or does not fit its labels.
        """
        if on_progress:
            on_progress(Progress("evaluating", message=f"Running {self.title}"))
        model = ForeignModel(self.path, self.labels_file, self.options)
        return evaluate_graph(model, self.name, folder, workspace, on_progress=on_progress, only=only)
