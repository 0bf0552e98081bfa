"""The preview of a training: when there is one, what it tells, and that it changes nothing else."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.data.dataset import Dataset
from poetcore.features.engines import Bottleneck
from poetcore.training import preview
from poetcore.training.config import RunConfig
from poetcore.training.preview import Preview, PreviewReport
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill

TOTAL = 2000
EXACT = TrainingOptions(group_by="exact")


class Clock:
    """A clock that goes on by a hundredth of a second a picture."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(preview.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def dataset(labels: list[str]) -> Dataset:
    shas = [f"{number:064x}" for number in range(len(labels))]
    pictures = pd.DataFrame({"path": shas, "label": labels, "sha": shas})
    return Dataset(Path("/pictures"), tuple(sorted(set(labels))), pictures, pictures.iloc[:0])


def bottlenecks(labels: list[str], wrong: str = "", cached: int = 0) -> list[Bottleneck]:
    """Bottlenecks that tell the labels apart, but for one whose features are those of the first."""
    names = sorted(set(labels))
    near = np.random.default_rng(0).normal(0, 0.1, (len(labels), 8)).astype(np.float32)
    near[np.arange(len(labels)), [names.index(names[0] if one == wrong else one) for one in labels]] += 3
    return [Bottleneck(f"{i:064x}", vector, cached=i < cached) for i, vector in enumerate(near)]


def followed(
    clock: Clock, labels: list[str], *, seconds: float = 0.01, count: int = TOTAL, **how: object
) -> list[PreviewReport]:
    """The previews of an extraction."""
    watched, found = Preview(dataset(labels), EXACT, None), []  # type: ignore[arg-type]
    for one in bottlenecks(labels, **how)[:count]:
        clock.now += 0 if one.cached else seconds
        watched.add(one)
        found.append(watched.due())
    return [one for one in found if one]


def two_labels(count: int = TOTAL) -> list[str]:
    return ["ash", "oak"] * (count // 2)


def test_previews_begin_with_few_pictures_and_each_has_half_as_many_again(clock):
    found = followed(clock, two_labels(), count=400)
    assert [one.pictures for one in found] == [64, 96, 144, 216, 324]
    assert {one.total for one in found} == {TOTAL}
    assert found[-1].accuracy == 1 and found[-1].cross_entropy < found[0].cross_entropy + 0.1


def test_an_extraction_that_is_over_soon_has_none(clock):
    assert followed(clock, two_labels(), seconds=0.001) == []


def test_none_is_told_when_the_training_is_near(clock):
    assert followed(clock, two_labels())[-1].pictures < TOTAL - preview._LEFT / 0.01


def test_where_all_is_cached_there_is_none(clock):
    assert followed(clock, two_labels(), cached=TOTAL) == []


def test_with_very_many_labels_there_is_none(clock, monkeypatch):
    monkeypatch.setattr(preview, "_MOST_LABELS", 1)
    assert followed(clock, two_labels()) == []


def test_a_resumed_extraction_has_one_at_once_on_what_was_cached(clock):
    assert followed(clock, two_labels(), cached=700)[0].pictures == 701


def test_a_preview_that_took_long_is_followed_by_none_for_a_while(clock, monkeypatch):
    measured = Preview._measured

    def slow(self: Preview) -> PreviewReport | None:
        clock.now += 0.06
        return measured(self)

    monkeypatch.setattr(Preview, "_measured", slow)
    # 0.06 s are 3 % of 2 s, which are 194 pictures and itself.
    found = [one.pictures for one in followed(clock, two_labels(), count=400)]
    assert found == pytest.approx([64, 194, 388], abs=2)


def test_more_pictures_than_are_kept_are_told_of_the_newest(clock, monkeypatch):
    monkeypatch.setattr(preview, "_KEPT", 100)
    found = followed(clock, two_labels())
    assert found[-1].pictures > 1000 and found[-1].accuracy == 1


def test_labels_count_as_they_do_among_all_pictures(clock):
    labels = ["ash", "elm", "oak"] * 60 + ["oak"] * (TOTAL - 180)
    found = followed(clock, labels, wrong="elm", count=180)
    # Ash and elm look alike, so a third of these is wrong; but nearly all pictures are oaks.
    assert found[-1].accuracy > 0.9


def test_what_goes_wrong_in_it_ends_it_and_nothing_else(clock, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("anything")

    monkeypatch.setattr(preview, "held_out_probabilities", fail)
    assert followed(clock, two_labels()) == []


# ------------------------------------------------------------------------------------------- a whole training


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("pictures") / "trees", {"ash": 22, "birch": 14, "elm": 3})


def trained_in(place: Path, folder: Path, backbone_file: Path) -> Run:
    workspace = Workspace(place)
    workspace.models.mkdir(parents=True)
    shutil.copy(backbone_file, workspace.models)
    options = TrainingOptions(how_many_training_steps=40, seed=4)
    return retrain(RunConfig(folder, training=options, name="run"), workspace)


def told_by(run: Run) -> tuple[object, ...]:
    """All that a training leaves but the previews, and what depends on when it ran."""
    events = [{**event, "time": 0} for kind in ("step", "final") for event in run.events(kind)]
    timed = {"events.jsonl", "status.json", "run.json"}
    files = {file.name: file.read_bytes() for file in run.folder.iterdir() if file.name not in timed}
    record = json.loads((run.folder / "run.json").read_text())
    kept = ("metrics", "cross_validation", "bottlenecks", "groups", "splits", "novelty", "checksums")
    return events, files, [record[name] for name in kept]


@pytest.mark.slow
def test_a_training_is_bit_for_bit_the_same_with_and_without_its_preview(
    folder, backbone_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(preview, "_FIRST", TOTAL)
    without = trained_in(tmp_path / "without", folder, backbone_file)
    for name, value in {"_FIRST": 12, "_FIRST_OF_EACH": 1, "_LEFT": 0, "_SHARE": 1e9}.items():
        monkeypatch.setattr(preview, name, value)
    previewed = trained_in(tmp_path / "previewed", folder, backbone_file)
    assert not list(without.events("preview"))
    assert [event["pictures"] for event in previewed.events("preview")] == [12, 18, 27]
    assert told_by(previewed) == told_by(without)
    assert {"head.npz", "split.csv", "cross_validation.csv"} <= set(told_by(previewed)[1])
