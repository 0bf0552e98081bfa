"""Frozen graphs of the original scripts: `retrained_graph.pb` with `retrained_labels.txt`, read and run here.

Such a file is a TensorFlow 1 GraphDef with its weights as constants. It takes pictures as
`(pixel - input_mean) / input_std`, or, as those of Inception v3 do, the bytes of a JPEG, and gives one
probability a label. A graph that Poet wrote sees a picture as the app does, one that was made elsewhere as
the scripts of its time do (`original_reading`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.data.labels import match_labels
from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.frozen import BATCH, FrozenGraph, GraphOptions
from poetcore.evaluation.original_reading import encoded_again, read_encoded, read_pixels
from poetcore.system.files import in_chunks, printable
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.reading import read_text_limited

__all__ = [
    "GraphClassifier",
    "labels_in_original_form",
    "match_graph_labels",
    "original_form",
    "read_labels",
]

#: A labels file of all of ImageNet, 22,000 lines, has a fifth of this.
LABELS_BYTES = 5_000_000

T = TypeVar("T")
U = TypeVar("U")

#: Pixels a side where the graph leaves it open: MobileNet's, and those of Inception V3, whose input is Mul.
_DEFAULT_SIZE, _INCEPTION_SIZE, _INCEPTION_INPUT = 224, 299, "Mul"


class GraphClassifier:
    """A frozen graph of the original `retrain` script as a `PictureClassifier`; imports TensorFlow.

    Args:
        graph: the GraphDef file, such as `retrained_graph.pb`.
        labels: one label a line, in the order of the graph's outputs.
        options: how pictures are fed to it; by default as the original `label_image` does.

    Raises:
        OptionError: a file cannot be used, a layer is missing, or the sizes or labels do not fit the graph.
    """

    def __init__(self, graph: Path, labels: Path, options: GraphOptions | None = None) -> None:
        options = options or GraphOptions()
        self.labels = read_labels(labels)
        self._labels_file, self._options = labels, options
        self._graph = FrozenGraph(graph, options.input_layer, options.output_layer)
        default = _INCEPTION_SIZE if self._graph.input_layer == _INCEPTION_INPUT else _DEFAULT_SIZE
        _, height, width = self._graph.shape
        self.height = _side("input_height", options.input_height, height, default, graph)
        self.width = _side("input_width", options.input_width, width, default, graph)
        if self._graph.outputs is not None:
            self._check_labels(self._graph.outputs)

    def classify(
        self, paths: Sequence[Path], on_progress: OnProgress | None = None, *, phase: str = "predicting"
    ) -> list[Prediction]:
        """Predict the labels of files, in the order given; one that cannot be used gets its reason.

        Args:
            paths: files.
            on_progress: called in `phase`.
            phase: one of `PHASES`.
        """
        found: list[Prediction] = []
        for chunk in in_chunks(paths, self._graph.shape[0] or BATCH):
            found += self._classify(chunk)
            if on_progress:
                on_progress(Progress(phase, len(found), len(paths)))
        return found

    def classify_bytes(self, name: str, content: bytes) -> Prediction:
        """Predict the label of one picture that is no file on this machine, such as an upload."""
        (answer,) = self._answers([content])
        found = self._prediction(Path(name), "", answer)
        return found if found.probabilities is None else replace(found, seconds=self._graph.seconds)

    def _classify(self, paths: Sequence[Path]) -> list[Prediction]:
        contents = [_or_reason(images.read, path) for path in paths]
        shas = ["" if isinstance(content, PictureError) else sha_of(content) for content in contents]
        return list(map(self._prediction, paths, shas, self._answers(contents)))

    def _prediction(self, path: Path, sha: str, answer: np.ndarray | PictureError) -> Prediction:
        if isinstance(answer, PictureError):
            return Prediction(path, self.labels, None, sha, str(answer))
        return Prediction(path, self.labels, answer, sha)

    def _answers(self, contents: Sequence[bytes | PictureError]) -> list[np.ndarray | PictureError]:
        """Compute the probabilities of pictures, each `(labels,) float32`, or pass on why there are none."""
        if self._graph.takes_bytes:
            return [_or_reason(self._run_encoded, content) for content in contents]
        fed = [_or_reason(self._pixels, content) for content in contents]
        usable = [pixels for pixels in fed if not isinstance(pixels, PictureError)]
        rows = iter(self._run(usable) if usable else ())
        return [one if isinstance(one, PictureError) else next(rows) for one in fed]

    def _pixels(self, content: bytes) -> np.ndarray:
        """Decode a picture to `(height, width, 3)`, RGB in 0..255."""
        if self._graph.made_by_poet and self.height == self.width:
            return images.to_square(content, self.height)
        return read_pixels(content, self.height, self.width)

    def _run(self, pixels: list[np.ndarray]) -> np.ndarray:
        scaled = (np.stack(pixels).astype(np.float32) - self._options.input_mean) / self._options.input_std
        probabilities = self._graph.run(scaled)
        self._check_labels(probabilities.shape[1])
        return probabilities

    def _run_encoded(self, content: bytes) -> np.ndarray:
        fed = read_encoded(content)
        try:
            probabilities = self._graph.run_encoded(fed)
        except OptionError:
            # The graph may lack this kind of JPEG, or it is damaged, which decoding it puts into words.
            probabilities = self._graph.run_encoded(encoded_again(content))
        self._check_labels(len(probabilities))
        return probabilities

    def _check_labels(self, outputs: int) -> None:
        if outputs != len(self.labels):
            raise OptionError(
                f"{self._labels_file} has {len(self.labels)} labels, but the graph gives {outputs} numbers a"
                " picture: give the labels file that was written together with the graph."
            )


def _or_reason(compute: Callable[[T], U], value: T | PictureError) -> U | PictureError:
    """Return what is computed of a value, or the reason why there is none: of the value, or of the result."""
    if isinstance(value, PictureError):
        return value
    try:
        return compute(value)
    except PictureError as error:
        return error


def original_form(label: str) -> str:
    """Return a label as the original `retrain` script writes it: lower case, only a-z, 0-9 and spaces.

    >>> original_form("Bearded_Iris (blue)")
    'bearded iris blue'
    """
    return re.sub(r"[^a-z0-9]+", " ", label.lower()).strip()


def labels_in_original_form(labels: Sequence[str]) -> list[str]:
    """Return labels as the original `retrain` script writes them beside a graph.

    A label whose form would be empty, or that of another one too, stays as its folder is called.

    >>> labels_in_original_form(["n13003061-fly-agaric", "Rose", "rose", "さくら"])
    ['n13003061 fly agaric', 'Rose', 'rose', 'さくら']
    """
    forms = [original_form(label) for label in labels]
    count = Counter(forms)
    return [form if form and count[form] == 1 else label for label, form in zip(labels, forms, strict=True)]


def match_graph_labels(names: Iterable[str], known: Sequence[str]) -> dict[str, str]:
    """Find each name among a graph's labels: by what it looks like, else by the original script's form of it.

    Args:
        names: of label folders.
        known: as the labels file has them.

    Returns:
        name -> the graph's label; a name that fits none, or several alike, is missing.
    """
    names = list(names)
    found = match_labels(names, known)
    by_form: dict[str, list[str]] = {}
    for label in known:
        by_form.setdefault(original_form(label), []).append(label)
    for name in names:
        # A name without a-z or 0-9 has an empty form, which says nothing.
        fitting = by_form.get(original_form(name), []) if original_form(name) else []
        if name not in found and len(fitting) == 1:
            found[name] = fitting[0]
    return found


def read_labels(file: Path) -> tuple[str, ...]:
    """Read a labels file: one label a line, in the order of a model's outputs.

    Raises:
        OptionError: it cannot be read, or has a label twice.
    """
    try:
        # As the original label_image does: only the ends of lines do not count.
        text = read_text_limited(file, LABELS_BYTES, "utf-8-sig")
        lines = [line.rstrip() for line in text.splitlines()]
    except OSError as error:
        raise OptionError(
            f"The labels {file} cannot be read ({error.strerror or error}): give the file with one label a"
            " line that was written together with the graph, such as retrained_labels.txt."
        ) from None
    except UnicodeDecodeError:
        raise OptionError(f"The labels {file} are not text in UTF-8: give one label a line.") from None
    labels = tuple(line for line in lines if line)
    if len(set(labels)) < len(labels):
        # Not which: the file may be another one, whose lines are not for a message.
        raise OptionError(
            f"{printable(file)} has a label twice: give the file with one label a line that was written"
            " together with the graph."
        )
    return labels


def _side(name: str, option: int | None, of_graph: int | None, default: int, graph: Path) -> int:
    if option is not None and of_graph is not None and option != of_graph:
        raise OptionError(f"{name} must be {of_graph}, as {graph} wants it. Received: {option}.")
    return option or of_graph or default
