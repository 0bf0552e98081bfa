"""Whether heat maps are right, and how fast they are. Run by hand on photos that a run was not trained on.

    python -m tests.benchmarks.looks DEMO --run NAME [--workspace DIR] [--photos 20] [--pairs 100] [--seed 0]

1. On so many photos the map of each label against gradient-weighted class activation maps by TensorFlow: the
   largest difference, as a share of the photo's largest value. Of a single network with a Keras model only.
2. Two photos of different labels side by side, made square as every picture is: in how many the mean of the
   map is larger on the own half than on the other for both labels, for one, and for either alone.
3. Milliseconds a photo, decoded anew, of a heat map as a PNG file, and of the similar training pictures: on
   the clock, and of one core's time, which others on the machine do not lengthen as much.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.evaluation.looks.heat_map import label_maps
from poetcore.evaluation.looks.looker import Looker
from poetcore.evaluation.looks.overlay import overlay_png
from poetcore.features.feature_maps import MapExtractor
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace, default_workspace
from tests.evaluation.looks.grad_cam import grad_cam


def against_grad_cam(run: Run, workspace: Workspace, photos: list[Path]) -> float:
    """Return the largest difference from Grad-CAM, as a share of the largest value of a photo."""
    backbone, head = backbone_of(run), run.head()
    extractor = MapExtractor(backbone, models_of(run, workspace))
    pixels = np.stack([images.to_square(photo.read_bytes(), backbone.input_size) for photo in photos])
    maps = [label_maps(extractor.extract(one), head) for one in pixels]
    ours = np.maximum(np.stack([one for one in maps if one is not None]), 0)
    theirs = grad_cam(backbone, head, pixels) * ours.shape[1] * ours.shape[2]
    largest = theirs.max((1, 2, 3), keepdims=True)
    return float((np.abs(ours - theirs) / largest).max())


def on_own_halves(run: Run, workspace: Workspace, demo: Path, pairs: int, seed: int) -> list[int]:
    """Count the pairs with none, one and both of the maps mainly on their own halves."""
    backbone, head, labels = backbone_of(run), run.head(), run.labels()
    extractor = MapExtractor(backbone, models_of(run, workspace))
    draw, side, counts = np.random.default_rng(seed), backbone.input_size, [0, 0, 0]
    for _ in range(pairs):
        halves, both = [], Image.new("RGB", (2 * side, side))
        for place, label in enumerate(draw.choice(labels, 2, replace=False)):
            photo = draw.choice(sorted((demo / label).iterdir()))
            both.paste(Image.fromarray(images.to_square(photo.read_bytes(), side)), (side * place, 0))
            halves.append(labels.index(label))
        maps = label_maps(extractor.extract(images.resize_to_square(both, side)), head)
        assert maps is not None
        columns = maps.shape[1]
        left = maps[:, : columns // 2].mean((0, 1)) - maps[:, columns - columns // 2 :].mean((0, 1))
        counts[int(left[halves[0]] > 0) + int(left[halves[1]] < 0)] += 1
    return counts


def milliseconds(run: Run, workspace: Workspace, photos: list[Path]) -> dict[str, list[tuple[float, float]]]:
    """Measure each photo on the clock and in CPU time, but the first one, which loads everything."""
    found: dict[str, list[tuple[float, float]]] = {"heat map": [], "similar": []}
    for name, times in found.items():
        looker = Looker(run, workspace)
        for photo in photos:
            start, used = time.perf_counter(), time.process_time()
            content = photo.read_bytes()
            if name == "similar":
                looker.similar(content)
            else:
                overlay_png(looker.heat_map(content))
            times.append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - used)))
        del times[0]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("demo", type=Path)
    parser.add_argument("--run", default="latest")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--photos", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    workspace = Workspace(asked.workspace) if asked.workspace else default_workspace()
    run, demo = workspace.run(asked.run), asked.demo
    everything = sorted(path for path in demo.rglob("*") if path.is_file())
    photos = everything[:: max(1, len(everything) // asked.photos)][: asked.photos]
    halves = on_own_halves(run, workspace, demo, asked.pairs, asked.seed)
    print(f"{run.name}, {run.record().backbone}, head {'ridge' if run.head().unit else 'in steps'}")
    print(f"on their own halves of {asked.pairs}: both {halves[2]}, one {halves[1]}, none {halves[0]}")
    for name, times in milliseconds(run, workspace, photos).items():
        (clock, used), (worst, most) = np.median(times, axis=0), np.max(times, axis=0)
        print(f"{name}: {clock:.0f} ms, at most {worst:.0f}; {used:.0f} CPU-ms, at most {most:.0f}")
    backbone = backbone_of(run)
    if not (backbone.parts or backbone.quantized or backbone.lite_only):
        print(f"from Grad-CAM on {len(photos)} photos: {against_grad_cam(run, workspace, photos):.1e}")


if __name__ == "__main__":
    main()
