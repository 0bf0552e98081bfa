"""A trained run as an object: pictures in, probabilities out, without TensorFlow."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.errors import PictureError, RunError
from poetcore.evaluation.label_thresholds import sureness
from poetcore.evaluation.novelty import Novelty
from poetcore.features.engines import DEFAULT_ENGINE, ENGINES, check_engine, concrete
from poetcore.features.extraction import extract_features
from poetcore.features.extractor_pool import ExtractorPool
from poetcore.features.feature_extractor import PictureExtractor
from poetcore.system.figures import confidence
from poetcore.system.files import in_chunks
from poetcore.system.progress import OnProgress
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Classifier", "PictureClassifier", "Prediction"]

#: Pictures that are compared with the training pictures in one multiplication.
_AT_ONCE = 256


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """What a model predicts for one picture.

    Attributes:
        path: the file.
        labels: the model's labels, in the order of `probabilities`.
        probabilities: `(labels,) float32`, summing to 1; None where the picture cannot be used.
        sha: its content; empty where it could not be read.
        reason: why it cannot be used, or None.
        seconds: what network and last layer took, the picture decoded and the model loaded before; None
            where that was not measured.
        thresholds: `(labels,)`, from which probability on each label is predicted, of a model that gives a
            picture several; None of one that gives the most probable label.
        novelty: how unlike the training pictures it is, see `Novelty`; None where that is not known.
        unknown: whether it is less like them than nearly all pictures of these labels are, so that it may
            show none of them; None where that is not known.
    """

    path: Path
    labels: tuple[str, ...]
    probabilities: np.ndarray | None
    sha: str = ""
    reason: str | None = None
    seconds: float | None = None
    thresholds: np.ndarray | None = None
    novelty: float | None = None
    unknown: bool | None = None

    @property
    def predicted(self) -> tuple[str, ...]:
        """The predicted labels: the most probable one, or all that reach their thresholds, maybe none."""
        if self.probabilities is None or self.thresholds is None:
            return tuple(label for label, _ in self.top(1))
        reached = self.probabilities >= self.thresholds
        return tuple(label for label, there in zip(self.labels, reached, strict=True) if there)

    @property
    def label(self) -> str | None:
        """The most probable label, or None where the picture cannot be used."""
        return self.top(1)[0][0] if self.probabilities is not None else None

    @property
    def confidence(self) -> float | None:
        """The probability of that label, 0 to 1, or None where the picture cannot be used.

        Of a model that gives several labels: how sure it is of the label that it is least sure of.
        """
        if self.probabilities is None:
            return None
        if self.thresholds is not None:
            return float(sureness(self.probabilities[np.newaxis], self.thresholds)[0])
        return self.top(1)[0][1]

    def __repr__(self) -> str:
        found = ", ".join(f"{label} {p:.3f}" for label, p in self.top(3))
        strange = ", unknown" if self.unknown else ""
        return f"Prediction({str(self.path)!r}: {found or self.reason}{strange})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(label)}</td><td>{confidence(p)}</td></tr>" for label, p in self.top(5)
        )
        said = self.reason or ("unknown" if self.unknown else "")
        return f"<b>{escape(self.path.name)}</b> {escape(said)}<table>{rows}</table>"

    def top(self, count: int = 5) -> list[tuple[str, float]]:
        """Return the most probable labels with their probabilities, most probable first."""
        if self.probabilities is None:
            return []
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.labels[i], float(self.probabilities[i])) for i in order]


class PictureClassifier(Protocol):
    """What predicts labels of pictures: a run, or a frozen graph.

    Attributes:
        labels: in the order of the probabilities.
    """

    labels: tuple[str, ...]

    def classify(
        self, paths: Sequence[Path], on_progress: OnProgress | None = None, *, phase: str = "predicting"
    ) -> list[Prediction]:
        """Predict the labels of files, in the order given; one that cannot be used gets its reason."""
        ...

    def classify_bytes(self, name: str, content: bytes) -> Prediction:
        """Predict the label of one picture that is no file on this machine, such as an upload."""
        ...


class Classifier:
    """A finished run as a `PictureClassifier`.

    Args:
        run: which one.
        workspace: where its backbone and the feature cache are kept.
        engine: what extracts the features, one of `ENGINES`.

    Raises:
        OptionError: the engine is unknown, not installed, or cannot run the run's backbone.
        RunError: the run is unfinished or damaged.
    """

    def __init__(
        self,
        run: Run,
        workspace: Workspace,
        engine: str = DEFAULT_ENGINE,
    ) -> None:
        self.run = run
        self.labels = tuple(run.labels())
        record = run.record()
        self._backbone = backbone_of(run)
        check_engine(engine, self._backbone)
        self._engine = engine
        self._head = run.head()
        thresholds = record.thresholds
        self._thresholds = np.array([thresholds[label] for label in self.labels]) if thresholds else None
        if len(self._head.kernel) != self._backbone.vector_length:
            raise RunError(
                f"The run {run.name!r} is damaged: its layer takes feature vectors of"
                f" {len(self._head.kernel)} numbers, not of {self._backbone.vector_length} as"
                f" {self._backbone.name} gives them, train it again."
            )
        self._novelty = Novelty.of(run)
        self._workspace = workspace
        # No function of `self`: what refers to itself keeps its networks in memory until it is collected.
        self._extractors = ExtractorPool(partial(PictureExtractor, self._backbone, models_of(run, workspace)))

    def __reduce__(self) -> tuple[type["Classifier"], tuple[Run, Workspace, str]]:
        return Classifier, (self.run, self._workspace, self._engine)  # another process loads what it needs

    @property
    def input_size(self) -> int:
        """Pixels a side of the square that the network sees."""
        return self._backbone.input_size

    def classify(
        self, paths: Sequence[Path], on_progress: OnProgress | None = None, *, phase: str = "predicting"
    ) -> list[Prediction]:
        """Predict the labels of files, in the order given; one that cannot be used gets its reason.

        Args:
            paths: files; what was seen before is not computed again.
            on_progress: called in the phase `backbone` where the backbone must be prepared first, then in
                `phase` with the different pictures.
            phase: one of `PHASES`.
        """
        answers: dict[str, np.ndarray] = {}
        strange: dict[str, tuple[float | None, bool | None]] = {}
        waiting: dict[str, np.ndarray] = {}

        def compare() -> None:
            """Compare the pictures that wait with the training pictures, many in one multiplication."""
            strange.update(zip(waiting, self._told(list(waiting.values())), strict=True))
            waiting.clear()

        def predict(sha: str, vector: np.ndarray) -> None:
            answers[sha] = self._head.probabilities(vector[np.newaxis])[0]
            waiting[sha] = vector
            if len(waiting) == _AT_ONCE:
                compare()

        with (
            self._workspace.file_index() as index,
            self._workspace.feature_cache() as cache,
            self._workspace.hash_index() as hashes,
        ):
            entries = index.lookup(paths)
            reasons = extract_features(
                {entry.sha: entry.path for entry in entries if entry.reason is None},
                self._backbone,
                models_of(self.run, self._workspace, on_progress),
                cache,
                index,
                hashes=hashes,
                sink=predict,
                engine=self._engine,
                on_progress=on_progress,
                phase=phase,
            ).reasons
        compare()
        return [
            Prediction(
                p.path,
                self.labels,
                answers.get(p.sha),
                p.sha,
                p.reason or reasons.get(p.sha),
                None,
                self._thresholds,
                *strange.get(p.sha, (None, None)),
            )
            for p in entries
        ]

    def _told(self, vectors: Sequence[np.ndarray]) -> list[tuple[float | None, bool | None]]:
        """Return of each picture how unlike the training pictures it is, and whether it is unknown."""
        return self._novelty.told(vectors) if self._novelty else [(None, None)] * len(vectors)

    def cached_labels(self, shas: Iterable[str]) -> dict[str, str]:
        """Predict the labels of contents whose feature vectors are in the cache, also where no file is left.

        Args:
            shas: sha256 of contents.

        Returns:
            sha -> its most probable label, of those that are there.
        """
        suffix = ENGINES[concrete(self._engine)].cache_suffix
        with self._workspace.feature_cache() as cache:
            return {
                sha: self.labels[int(self._head.probabilities(vector[np.newaxis])[0].argmax())]
                for chunk in in_chunks(shas, _AT_ONCE)
                for sha, vector in cache.get(chunk, self._backbone, suffix).items()
            }

    def classify_bytes(self, name: str, content: bytes) -> Prediction:
        """Predict the label of one picture that is no file on this machine, such as an upload."""
        try:
            picture = images.decode(content, at_least=self.input_size)
        except PictureError as error:
            return Prediction(Path(name), self.labels, None, reason=str(error))
        return self.classify_image(name, picture)

    def classify_image(self, name: str, picture: Image.Image) -> Prediction:
        """Predict the label of one decoded picture, such as a frame of a video; for any thread.

        Args:
            name: stands for the path.
            picture: RGB, of any size, at least `input_size` a side where that is possible.
        """
        pixels = images.resize_to_square(picture, self.input_size)
        with self._extractors.borrowed() as extractor:
            before = time.perf_counter()
            vector = extractor.extract(pixels)
            probabilities = self._head.probabilities(vector[np.newaxis])[0]
            seconds = time.perf_counter() - before
        return Prediction(
            Path(name),
            self.labels,
            probabilities,
            "",
            None,
            seconds,
            self._thresholds,
            *self._told([vector])[0],
        )
