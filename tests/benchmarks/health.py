"""How long the health of a large folder takes, the first time and the second. Run by hand.

    python -m tests.benchmarks.health [--pictures 20000] [--duplicates 300] [--folder FOLDER]

Draws a folder of pictures of 160 x 120 pixels, all different, and plants duplicates in it: a third are exact
copies, the others are saved again smaller, turned or mirrored. Then `overview` looks at it twice. Prints the
seconds, the largest memory of the process, and whether exactly what was planted is found.
"""

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

LABELS = 10
SIZE = (160, 120)
TURNS = [None, *Image.Transpose]


def draw(seed: int) -> Image.Image:
    """Draw soft clouds of colour with a few sharp strokes."""
    chance = np.random.default_rng(seed)
    clouds = Image.fromarray(chance.integers(0, 255, (6, 8, 3), np.uint8)).resize(
        SIZE, Image.Resampling.BICUBIC
    )
    for _ in range(12):
        x, y = (int(chance.integers(0, side - 20)) for side in SIZE)
        clouds.paste(
            tuple(chance.integers(0, 255, 3).tolist()), (x, y, x + int(chance.integers(3, 20)), y + 4)
        )
    return clouds


def make(folder: Path, pictures: int, duplicates: int) -> set[str]:
    """Fill a folder, and say which of its files are the duplicates, by name."""
    chance = random.Random(5)
    twice = chance.sample(range(pictures - duplicates), duplicates)
    for seed in range(pictures - duplicates):
        save(draw(seed), folder / f"label_{seed % LABELS}" / f"a{seed:06}.jpg", 90)
    for number, seed in enumerate(twice):
        place = folder / f"label_{seed % LABELS}"
        original, copy = place / f"a{seed:06}.jpg", place / f"z{seed:06}.jpg"
        if number % 3 == 0:
            copy.write_bytes(original.read_bytes())
            continue
        with Image.open(original) as picture:
            turn = chance.choice(TURNS)
            turned = picture if turn is None else picture.transpose(turn)
            save(turned.resize([side * 3 // 4 for side in turned.size]), copy, chance.randint(60, 90))
    return {f"z{seed:06}.jpg" for seed in twice}


def save(picture: Image.Image, path: Path, quality: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    path.write_bytes(out.getvalue())


def look(folder: Path, workspace: Path) -> tuple[float, float, set[str]]:
    """Run `overview`: seconds, megabytes at the most, and the names of the files that repeat another."""
    command = [sys.executable, "-m", "poetcore", "overview", folder, "--workspace", workspace, "--json"]
    begun = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = [0]
    watcher = threading.Thread(target=watch, args=(process, peak))
    watcher.start()
    said, _ = process.communicate()
    seconds = time.monotonic() - begun
    watcher.join()
    issues = json.loads(said.splitlines()[-1])["issues"]
    names = {Path(one["path"]).name for one in issues if one["issue"] in ("duplicate", "near_duplicate")}
    return seconds, peak[0] / 1e6, names


def watch(process: "subprocess.Popen[bytes]", peak: list[int]) -> None:
    while process.poll() is None:
        try:
            peak[0] = max(peak[0], psutil.Process(process.pid).memory_info().rss)
        except psutil.Error:
            return
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--duplicates", type=int, default=300)
    parser.add_argument("--folder", type=Path, help="where to draw; a temporary folder by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary) / "pictures"
        planted = make(folder, arguments.pictures, arguments.duplicates)
        for time_of in ("first", "second"):
            busy = psutil.getloadavg()[0]
            seconds, megabytes, found = look(folder, Path(temporary) / "tf_files")
            right, wrong = len(planted & found), len(found - planted)
            print(f"{time_of} time: {seconds:.1f} s, {megabytes:.0f} MB at the most", end="; ")
            print(f"{right} of {len(planted)} duplicates found, {wrong} false", end="; ")
            print(f"{os.cpu_count()} cores, load {busy:.1f} before", flush=True)


if __name__ == "__main__":
    main()
