"""Which altered copies are found, which other pictures are taken for one, and what it costs. Run by hand.

    python -m tests.benchmarks.near_duplicates TRAIN DEMO [--many 20000] [--repeat 5]

Both folders hold photos. Prints, of each way to alter the training photos, the share that is flagged; how
many unrelated pictures are (the demo photos, other regions of all photos, drawn flowers); the seconds that
grouping takes; and the speed of the extraction with the hash beside that without, in CPU seconds of the same
pictures in turn.
"""

import argparse
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np
from PIL import Image, ImageOps
from scipy.fft import idctn

from poetcore.data import images
from poetcore.data.file_index import FileIndex, sha_of
from poetcore.data.near_duplicates import duplicate_groups, near_duplicate_pairs, near_matches
from poetcore.data.perceptual_hash import hash_picture
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.extraction import extract_features
from poetcore.features.litert import model_file
from poetcore.sources.samples import make_sample
from poetcore.workspace.workspace import Workspace


def encoded(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def cropped(picture: Image.Image) -> Image.Image:
    """Cut 3 % off at every side."""
    return ImageOps.crop(picture, (round(0.03 * picture.width), round(0.03 * picture.height)) * 2)


def cut(picture: Image.Image) -> Image.Image:
    """Cut 3 % off the width and the height, somewhere."""
    chance, (w, h) = random.Random(picture.size[0] + picture.size[1]), picture.size
    x, y = round(0.03 * w * chance.random()), round(0.03 * h * chance.random())
    return picture.crop((x, y, x + round(0.97 * w), y + round(0.97 * h)))


def smaller(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 6 // 10, picture.height * 6 // 10), Image.Resampling.LANCZOS)


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "resized to 60 %": lambda picture: encoded(smaller(picture), 90),
    "saved with quality 40": lambda picture: encoded(picture, 40),
    "mirrored": lambda picture: encoded(ImageOps.mirror(picture), 90),
    "cropped by 3 %": lambda picture: encoded(cut(picture), 90),
    "cropped by 3 % at each side": lambda picture: encoded(cropped(picture), 90),
    "grey": lambda picture: encoded(picture.convert("L"), 90),
    "all at once": lambda picture: encoded(smaller(ImageOps.mirror(cropped(picture))).convert("L"), 60),
}


def regions(picture: Image.Image) -> Iterator[Image.Image]:
    """Yield two corners that do not overlap."""
    w, h = picture.size
    yield picture.crop((0, 0, round(0.4 * w), round(0.4 * h)))
    yield picture.crop((round(0.6 * w), round(0.6 * h), w, h))


def hash_file(path: Path) -> dict[str, list[bytes]]:
    """Hash a photo, its altered copies, and its regions."""
    picture = images.decode(path.read_bytes())
    made = {"itself": [picture], "regions": list(regions(picture))}
    made |= {name: [change(picture)] for name, change in CHANGES.items()}
    return {name: [hash_picture(one).thumbnail for one in ones] for name, ones in made.items()}


def hash_files(paths: list[Path]) -> dict[str, np.ndarray]:
    """Return thumbnails, `(n, 16, 16, 3) uint8` each."""
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(hash_file, paths, chunksize=16))
    return {
        name: np.frombuffer(b"".join(one for file in found for one in file[name]), np.uint8).reshape(
            -1, 16, 16, 3
        )
        for name in found[0]
    }


def show_recall(train: dict[str, np.ndarray]) -> None:
    for name in CHANGES:
        flagged = len(near_matches(train[name], train["itself"]))
        print(f"{name}: {flagged / len(train[name]):.1%} of {len(train[name])} flagged")


def show_unrelated(train: dict[str, np.ndarray], demo: dict[str, np.ndarray], drawn: np.ndarray) -> None:
    others = {
        "demo photos": demo["itself"],
        "regions of demo photos": demo["regions"],
        "regions of training photos": train["regions"],
        "drawn flowers": drawn,
    }
    for name, pictures in others.items():
        print(f"{name}: {len(near_matches(pictures, train['itself']))} of {len(pictures)} flagged")
    for name, pictures in {"training photos": train["itself"], "drawn flowers": drawn}.items():
        groups = duplicate_groups(near_duplicate_pairs(pictures))
        print(f"{name} among each other: {list(map(len, groups))} in groups of {len(pictures)}")


def blends(photos: np.ndarray, many: int) -> np.ndarray:
    """Mix three photos each, at random: of a thousand photos, many of the mixtures are alike."""
    chance = np.random.default_rng(0)
    small = photos.reshape(-1, 768)
    mixed = (
        chance.dirichlet((1, 1, 1)) @ small[chance.integers(len(small), size=3)] * 1.3
        - 30
        + chance.normal(0, 6, 768)
        for _ in range(many)
    )
    return np.stack([np.clip(one, 0, 255).astype(np.uint8).reshape(16, 16, 3) for one in mixed])


def different(many: int) -> np.ndarray:
    """Make thumbnails at random whose spatial frequencies have the amplitudes of photos."""
    chance = np.random.default_rng(0)
    amplitude = 160 / np.maximum(np.hypot(*np.mgrid[:16, :16]), 1)[..., None] ** 1.2
    grey_and_colour = (
        0.9 * chance.normal(size=(16, 16, 1)) + 0.45 * chance.normal(size=(16, 16, 3)) for _ in range(many)
    )
    made = (120 + idctn(one * amplitude, axes=(0, 1), norm="ortho") for one in grey_and_colour)
    return np.stack([np.clip(one, 0, 255).astype(np.uint8) for one in made])


def show_grouping(photos: np.ndarray, many: int) -> None:
    for name, table in (
        ("photos", photos),
        ("different pictures", different(many)),
        ("blends of photos", blends(photos, many)),
    ):
        start, used = time.perf_counter(), time.process_time()
        pairs = sum(map(len, near_duplicate_pairs(table).values())) // 2
        seconds, used = time.perf_counter() - start, time.process_time() - used
        print(f"{len(table)} {name}: {seconds:.2f} s, {used:.2f} CPU-s, {pairs} pairs", flush=True)


def show_cost(paths: list[Path], folder: Path, repeat: int) -> None:
    """Extract the same pictures with the hash and without it, in turn."""
    place = Workspace(folder)
    backbone, pictures = find(DEFAULT), {sha_of(path.read_bytes()): path for path in paths}
    file = model_file(backbone, place.models)

    def extract(number: int, hashed: bool) -> float:
        with (
            FeatureCache(folder / f"{number}.sqlite") as cache,
            FileIndex(folder / "files.sqlite") as index,
            Workspace(folder / str(number)).hash_index() as hashes,
        ):
            start = time.process_time()
            extract_features(
                pictures, backbone, lambda _: file, cache, index, hashes=hashes if hashed else None
            )
            return time.process_time() - start

    extract(0, True)
    ratios = []
    for turn in range(1, repeat + 1):
        whole = extract(2 * turn, True)
        with patch("poetcore.features.engines.hash_picture", lambda picture: None):
            ratios.append(extract(2 * turn + 1, False) / whole)
    print(f"extraction of {len(paths)} with the hash: {median(ratios):.3f} of the speed without", end=" ")
    print(f"({min(ratios):.3f} to {max(ratios):.3f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--many", type=int, default=20_000, help="made pictures to group")
    parser.add_argument("--repeat", type=int, default=5, help="pairs of extractions")
    arguments = parser.parse_args()
    paths = sorted(arguments.train.rglob("*.jpg"))
    train, demo = hash_files(paths), hash_files(sorted(arguments.demo.rglob("*.jpg")))
    show_recall(train)
    with tempfile.TemporaryDirectory() as folder:
        sample = make_sample(Path(folder) / "sample", train_per_label=60, demo_per_label=10)
        show_unrelated(train, demo, hash_files(sorted(sample.rglob("*.jpg")))["itself"])
        show_grouping(train["itself"], arguments.many)
        show_cost(paths[:: max(1, len(paths) // 200)], Path(folder) / "tf_files", arguments.repeat)


if __name__ == "__main__":
    main()
