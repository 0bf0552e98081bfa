"""A workspace with very many pictures, of which nothing needs to be computed: all that is known is made up.

    python -m tests.benchmarks.made_up --count 200000 --out FOLDER [--demo 20000] [--models FOLDER] [--bare]

Makes in FOLDER

- `train` and `demo`: label folders with so many JPEGs of 64 x 64 pixels, 1 to 2 kB, no two of the same
  content, though one in 200 shows nearly what the one before it shows;
- `tf_files`: a workspace in which all of them are scanned and measured, with perceptual hashes and feature
  vectors, drawn so that one picture in ten is misclassified;
- unless `--bare`: the run `large`, trained on `train` and evaluated on `demo`, and the run `small`, trained
  on `demo` and evaluated on `train`.

The same count, demo and seed make the same pictures and vectors. The dashboard opens it with

    TFP_WORKSPACE=FOLDER/tf_files python -m streamlit run app.py

and `python -m tests.benchmarks.pages FOLDER` measures its pages, with `train` and the evaluation of `small`.
"""

import argparse
import io
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.fft import idctn

from poetcore.analysis.measures import Measure, open_measures
from poetcore.data.dataset import scan
from poetcore.data.file_index import sha_of
from poetcore.data.perceptual_hash import THUMBNAIL, PerceptualHash
from poetcore.features.backbones import DEFAULT, find
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.generated import LABELS, SETTLING
from tests.benchmarks.harness import run
from tests.benchmarks.pages_place import Place

__all__ = ["Part", "fill", "make"]

#: Pictures that are made at once.
_AT_ONCE = 2_000

#: One picture in so many is a near duplicate of the one before it.
_AGAIN = 200

_SIDE = 64

#: Numbers behind a feature vector, of which the first few tell the labels apart, and by how much.
_HIDDEN = 24
_APART = 2.2


@dataclass(frozen=True)
class Part:
    """Pictures that are to be made.

    Attributes:
        folder: of label folders.
        count: how many.
        seed: no two parts have the same one.
    """

    folder: Path
    count: int
    seed: int


def fill(part: Part, workspace: Workspace | None = None) -> None:
    """Make pictures, and put what is made up of them into the caches of a workspace, where there is one."""
    for label in LABELS:
        (part.folder / label).mkdir(parents=True, exist_ok=True)
    for begin in range(0, part.count, _AT_ONCE):
        draw = np.random.default_rng([part.seed, begin])
        numbers = range(begin, min(begin + _AT_ONCE, part.count))
        small = thumbnails(draw, len(numbers))
        shas = list(_write(part.folder, numbers, small))
        if workspace:
            _keep(workspace, draw, shas, small, np.arange(begin, numbers.stop) % len(LABELS))


def _keep(
    workspace: Workspace, draw: np.random.Generator, shas: list[str], small: np.ndarray, labels: np.ndarray
) -> None:
    """Put what is made up of some pictures into the caches."""
    with (
        workspace.feature_cache() as features,
        workspace.hash_index() as hashes,
        open_measures(workspace) as measures,
    ):
        features.put(dict(zip(shas, feature_vectors(draw, labels), strict=True)), find(DEFAULT))
        hashes.put({sha: PerceptualHash(one.tobytes()) for sha, one in zip(shas, small, strict=True)})
        measures.put(dict(zip(shas, _measures(draw, len(shas)), strict=True)))


def thumbnails(draw: np.random.Generator, count: int) -> np.ndarray:
    """Draw what pictures look like from afar, `(count, 16, 16, 3) uint8`.

    Their spatial frequencies have the amplitudes of photos, so that only those are alike that are made so.
    """
    amplitude = 160 / np.maximum(np.hypot(*np.mgrid[:THUMBNAIL, :THUMBNAIL]), 1)[..., None] ** 1.2
    side = (count, THUMBNAIL, THUMBNAIL)
    grey, colours = draw.normal(size=(*side, 1)), draw.normal(size=(*side, 3))
    made = 120 + idctn((0.9 * grey + 0.45 * colours) * amplitude, axes=(1, 2), norm="ortho")
    again = np.arange(_AGAIN - 1, count, _AGAIN)
    made[again] = made[again - 1] + draw.normal(0, 3, (len(again), *side[1:], 3))
    pixels: np.ndarray = np.clip(made, 0, 255).astype(np.uint8)
    return pixels


def feature_vectors(draw: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Draw a feature vector for each label, `(n, 1280) float32`: none is negative, as behind a network."""
    length = find(DEFAULT).vector_length
    mixing = np.random.default_rng(0).normal(size=(_HIDDEN, length)).astype(np.float32) / _HIDDEN**0.5
    hidden = draw.standard_normal((len(labels), _HIDDEN), np.float32)
    hidden[np.arange(len(labels)), labels] += _APART
    noise = draw.standard_normal((len(labels), length), np.float32)
    vectors: np.ndarray = np.maximum(0.3 + 0.5 * (hidden @ mixing) + 0.2 * noise, 0)
    return vectors


def _write(folder: Path, numbers: range, small: np.ndarray) -> Iterator[str]:
    """Write the pictures, and yield the sha256 of each."""
    for number, pixels in zip(numbers, small, strict=True):
        out = io.BytesIO()
        picture = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        picture.save(out, "JPEG", quality=60)
        content = out.getvalue()
        (folder / LABELS[number % len(LABELS)] / f"{number:07d}.jpg").write_bytes(content)
        yield sha_of(content)


def _measures(draw: np.random.Generator, count: int) -> Iterator[Measure]:
    """Draw measures, among which one in some hundred is that of a dark, a blurred or a plain picture."""
    sharpness = draw.uniform(0.2, 1.5, count) * (draw.random(count) > 0.004)
    for sharp, odd in zip(sharpness.tolist(), draw.random(count).tolist(), strict=True):
        dark, plain = odd < 0.002, odd > 0.998
        yield Measure(
            lightest=0.05 if dark else 0.95,
            darkest=0.01 if dark else 0.1,
            entropy=0.4 if plain else 7.0,
            sharpness=sharp,
            plain=0.99 if plain else 0.1,
            changes=0,
            known=False,
        )


def make(out: Path, count: int, demo: int, models: Path | None = None, *, bare: bool = False) -> Workspace:
    """Make the pictures and the workspace, and train and evaluate the runs.

    Args:
        out: the folder.
        count: pictures in `train`.
        demo: pictures in `demo`.
        models: where converted backbones are, if not in the workspace.
        bare: whether nothing is trained.
    """
    workspace = Workspace(out / "tf_files")
    parts = (Part(out / "train", count, 1), Part(out / "demo", demo, 2))
    for part in parts:
        fill(part, workspace)
        _tell(f"{part.count:,} pictures in {part.folder}")
    time.sleep(SETTLING)
    with workspace.file_index() as index:
        for part in parts:
            shas = scan(part.folder, index).pictures["sha"]
            index.record_decoded(dict.fromkeys(shas))
            _tell(f"{part.folder} scanned")
    poet = [sys.executable, "-m", "poetcore"]
    kept = ["--workspace", str(workspace.root), *(["--model_dir", str(models)] if models else [])]
    for name, trained, evaluated in () if bare else (("large", "train", "demo"), ("small", "demo", "train")):
        run([*poet, "retrain", "--image_dir", str(out / trained), "--run_name", name, *kept])
        run([*poet, "evaluate", str(out / evaluated), "--run", name, "--workspace", str(workspace.root)])
        _tell(f"run {name}: trained on {trained}, evaluated on {evaluated}")
    place = Place(str(workspace.root), str(out / "train"), str(out / "train"), "small")
    (out / "place.json").write_text(json.dumps(asdict(place)), "utf-8")
    return workspace


def _tell(what: str) -> None:
    print(f"{time.process_time():.0f} CPU-s: {what}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.made_up",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=200_000, help="pictures in `train`")
    parser.add_argument("--demo", type=int, help="pictures in `demo`; a tenth of the others by default")
    parser.add_argument("--out", type=Path, required=True, help="where it is made; must not be there")
    parser.add_argument("--models", type=Path, help="where converted backbones are, or are to be kept")
    parser.add_argument("--bare", action="store_true", help="train nothing")
    arguments = parser.parse_args()
    if arguments.out.exists():
        parser.error(f"{arguments.out} is there already")
    demo = max(100, arguments.count // 10) if arguments.demo is None else arguments.demo
    make(arguments.out, arguments.count, demo, arguments.models, bare=arguments.bare)


if __name__ == "__main__":
    main()
