"""What several tests need: pictures made on the spot, a workspace with a backbone, a finished run."""

import io
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from poetcore.export.export import Exported, export
from poetcore.export.export_options import ExportOptions, Facts
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.litert import model_file
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.records import change_record

ROOT = Path(__file__).parents[1]

#: Seconds that anything may take, since the machine may be busy with something else; only a test that fails
#: waits that long.
PATIENCE = 300

# A shell that starts something in the background lets it ignore Ctrl-C, and so what that starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same cases every time, and no race against the clock.
settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")


def picture(seed: int = 0, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Make a picture that differs from that of any other seed."""
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).convert(mode)


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    """Encode a picture as a file's content."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def fill(folder: Path, counts: dict[str, int], seed: int = 0) -> Path:
    """Make a folder of label folders with so many different pictures each."""
    for number, (label, count) in enumerate(counts.items()):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            content = encoded(picture(seed * 1_000_000 + number * 10_000 + i))
            (folder / label / f"{label}_{i:03d}.jpg").write_bytes(content)
    return folder


def run_poet(*arguments: object, timeout: float = PATIENCE) -> "subprocess.CompletedProcess[str]":
    """Run a command of Poet's in a process of its own, as a user would."""
    command = [sys.executable, "-m", "poetcore", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)


@dataclass(frozen=True)
class Trained:
    """A small sample set and a run that was trained on it."""

    workspace: Workspace
    sample: Path
    run: Run


@pytest.fixture(scope="session")
def backbone_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default backbone's LiteRT file."""
    return model_file(find(DEFAULT), tmp_path_factory.mktemp("models"))


@pytest.fixture
def workspace(tmp_path: Path, backbone_file: Path) -> Workspace:
    """A workspace of the test's own that has the backbone already."""
    place = Workspace(tmp_path / "tf_files")
    place.models.mkdir(parents=True)
    (place.models / backbone_file.name).write_bytes(backbone_file.read_bytes())
    return place


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, backbone_file: Path) -> Trained:
    """A finished run on a small drawn sample set; shared, so tests only read it or add evaluations."""
    from poetcore.sources.samples import make_sample
    from poetcore.training.config import RunConfig
    from poetcore.training.retrain import retrain
    from poetcore.training.train import TrainingOptions

    place = Workspace(tmp_path_factory.mktemp("trained") / "tf_files")
    place.models.mkdir(parents=True)
    (place.models / backbone_file.name).write_bytes(backbone_file.read_bytes())
    sample = make_sample(place.datasets / "sample", train_per_label=12, demo_per_label=4)
    options = TrainingOptions(how_many_training_steps=300, seed=1)
    return Trained(place, sample, retrain(RunConfig(sample / "train", training=options), place))


@pytest.fixture(scope="session")
def web_page(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The run as a web page that has LiteRT.js in a folder of its own; shared, so tests only read it."""
    facts = Facts(model_name="Five <b>flowers</b>", author="A. Author", licence="CC BY 4.0")
    options = ExportOptions(facts=facts, litert_js="local")
    out = tmp_path_factory.mktemp("web") / "page"
    return export(trained.run, trained.workspace, "web", out, options=options)


@pytest.fixture(scope="session")
def two_runs(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A copy of `trained` with a second run, `hasty`, of one step; shared, so tests only add evaluations."""
    import shutil

    from poetcore.training.config import RunConfig
    from poetcore.training.retrain import retrain
    from poetcore.training.train import TrainingOptions

    old = trained.workspace.root
    place = Workspace(tmp_path_factory.mktemp("two_runs") / "tf_files")
    shutil.copytree(old, place.root, ignore=shutil.ignore_patterns("evaluations", "comparisons"))
    run = place.run(trained.run.name)
    for name in ("run.json", "split.csv"):
        file = run.folder / name
        file.write_text(file.read_text().replace(str(old), str(place.root)))
    change_record(run.folder / "run.json")  # what was changed on purpose is no damage
    sample = place.datasets / "sample"
    options = TrainingOptions(how_many_training_steps=1, seed=3)
    retrain(RunConfig(sample / "train", name="hasty", training=options), place)
    return Trained(place, sample, run)


def paste_pairs(source: Path, folder: Path, count: int, seed: int = 0) -> Path:
    """Make pictures of two sample pictures side by side, each in the folders of both labels, or of one.

    Args:
        source: folder of label folders.
        folder: is made like it.
        count: how many pictures.
        seed: of the draw.
    """
    draw = np.random.default_rng(seed)
    labels = sorted(path.name for path in source.iterdir())[:3]
    for number in range(count):
        pair = draw.choice(labels, 2)
        both = Image.new("RGB", (320, 160))
        for place, label in enumerate(pair):
            with Image.open(draw.choice(sorted((source / label).iterdir()))) as half:
                both.paste(half.convert("RGB").resize((160, 160)), (160 * place, 0))
        for label in set(pair):
            (folder / label).mkdir(parents=True, exist_ok=True)
            both.save(folder / label / f"pair_{number:02d}.jpg", quality=90)
    return folder


@pytest.fixture(scope="session")
def pairs_trained(trained: Trained, backbone_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A finished run of several labels a picture, evaluated on `demo`; shared, so tests only read it."""
    from poetcore.evaluation.evaluate import evaluate
    from poetcore.training.config import RunConfig
    from poetcore.training.retrain import retrain
    from poetcore.training.train import TrainingOptions

    folder = tmp_path_factory.mktemp("pairs")
    place = Workspace(folder / "tf_files")
    place.models.mkdir(parents=True)
    (place.models / backbone_file.name).write_bytes(backbone_file.read_bytes())
    for part, count in (("train", 40), ("demo", 12)):
        paste_pairs(trained.sample / part, folder / part, count)
    options = TrainingOptions(how_many_training_steps=600, learning_rate=0.05, seed=1)
    run = retrain(RunConfig(folder / "train", training=options, multi_label=True, name="pairs"), place)
    evaluate(run, folder / "demo", place)
    return Trained(place, folder, run)


@pytest.fixture(scope="session")
def poet_graph(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of `trained` as a frozen graph, its labels beside it."""
    from poetcore.export.export import export

    file = tmp_path_factory.mktemp("graph") / "retrained_graph.pb"
    return export(trained.run, trained.workspace, "frozen_graph", file).path
