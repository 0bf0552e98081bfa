"""A run that is asked about single pictures."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from poetcore.data.file_index import sha_of
from poetcore.errors import OptionError, PictureError, RunError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.looks.kept import KeptLookers
from poetcore.evaluation.looks.looker import Looker
from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_run
from tests.conftest import Trained


@pytest.fixture(scope="module")
def looker(trained: Trained) -> Looker:
    return Looker(trained.run, trained.workspace)


def photo(trained: Trained, number: int = 0, part: str = "demo") -> bytes:
    return sorted((trained.sample / part).rglob("*.jpg"))[number].read_bytes()


def test_without_a_label_it_is_the_predicted_one(looker, trained):
    predicted = Classifier(trained.run, trained.workspace).classify_bytes("a.jpg", photo(trained))
    assert looker.heat_map(photo(trained)).label == predicted.label


def test_the_maps_of_all_labels_explain_their_logits(looker, trained):
    content, head = photo(trained), trained.run.head()
    predicted = Classifier(trained.run, trained.workspace).classify_bytes("a.jpg", content)
    logits = [looker.heat_map(content, label).values.mean() for label in looker.labels] + head.bias
    shares = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(shares, predicted.probabilities, atol=1e-5)


def test_colours_of_two_labels_have_one_scale(looker, trained):
    maps = [looker.heat_map(photo(trained), label) for label in looker.labels]
    assert {one.scale for one in maps} == {max(float(one.values.max()) for one in maps)}


def test_a_label_that_it_does_not_know_is_refused(looker, trained):
    with pytest.raises(OptionError, match="was not trained on the label 'oak': choose one of"):
        looker.heat_map(photo(trained), "oak")


def test_what_is_no_picture_is_refused(looker):
    with pytest.raises(PictureError):
        looker.heat_map(b"no picture")


def test_it_resembles_training_pictures_of_its_label(looker, trained):
    folders = sorted(path.name for path in (trained.sample / "demo").iterdir())
    assert looker.similar(photo(trained))[0].label == folders[0]


def test_only_training_pictures_are_alike_and_not_itself(looker, trained):
    split = trained.run.split().set_index("sha")["split"]
    content = photo(trained, part="train")
    shas = [one.sha for one in looker.similar(content, 99)]
    assert sha_of(content) not in shas and set(split[shas]) == {"training"}


def test_several_threads_get_the_same_answers(trained):
    fresh = Looker(trained.run, trained.workspace)
    photos = [photo(trained, number) for number in range(4)]
    found: dict[int, np.ndarray] = {}

    def ask(number: int) -> None:
        found[number] = fresh.heat_map(photos[number % 4]).values

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = Looker(trained.run, trained.workspace)
    for number, values in found.items():
        assert np.array_equal(values, alone.heat_map(photos[number % 4]).values)


@pytest.fixture
def own(trained: Trained, tmp_path: Path) -> Trained:
    """A copy of a finished run and of what belongs to it in a workspace of its own."""
    place = Workspace(tmp_path / "tf_files")
    for folder in ("bottlenecks", "models"):
        shutil.copytree(trained.workspace.root / folder, place.root / folder)
    return Trained(place, trained.sample, copy_run(trained.run, place.runs / "one"))


def test_without_the_cache_it_says_what_to_do(own):
    shutil.rmtree(own.workspace.bottlenecks)
    with pytest.raises(RunError, match="no longer in the workspace: train again"):
        Looker(own.run, own.workspace).similar(photo(own))


def test_a_run_is_kept_until_it_changes(own):
    kept = KeptLookers(own.workspace)
    first = kept.of("one")
    assert kept.of("one") is first
    own.run.set_temperature(3.0)
    second = kept.of("one")
    ratio = first.heat_map(photo(own)).values / second.heat_map(photo(own)).values
    np.testing.assert_allclose(ratio, 3, rtol=1e-4)


def test_a_run_that_was_deleted_is_not_kept(own):
    kept = KeptLookers(own.workspace)
    kept.of("one")
    own.workspace.delete_run(own.run)
    with pytest.raises(RunError, match="No run named 'one'"):
        kept.of("one")


def test_only_the_last_runs_are_kept(own, trained):
    for name in ("two", "three", "four"):
        copy_run(trained.run, own.workspace.runs / name)
    kept = KeptLookers(own.workspace)
    first = kept.of("one")
    for name in ("two", "three", "four"):
        kept.of(name)
    assert kept.of("one") is not first
