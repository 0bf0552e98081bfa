"""How unlike the training pictures a picture is: the score, and what a run keeps for it."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from poetcore.errors import RunError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.novelty import Novelty, Scale, closeness, cut, rooted
from poetcore.workspace.run import Run
from tests.conftest import encoded
from tests.records import change_record


@pytest.fixture(scope="module")
def classifier(trained) -> Classifier:
    return Classifier(trained.run, trained.workspace)


@pytest.fixture
def copy(trained, tmp_path) -> Run:
    return Run(Path(shutil.copytree(trained.run.folder, tmp_path / "copy")))


def plain_picture() -> bytes:
    """A picture of nothing: half black, half white."""
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[:, 100:] = 255
    return encoded(Image.fromarray(pixels))


def test_a_rooted_vector_has_length_one_whatever_its_length_was():
    vectors = np.array([[8.0, 27.0, -1.0], [0.8, 2.7, -0.1]], np.float32)
    np.testing.assert_allclose(rooted(vectors), np.array([[2, 3, -1]] * 2) / np.sqrt(14), rtol=1e-5)


def test_closeness_to_fewer_pictures_than_three_is_the_mean_of_those():
    np.testing.assert_allclose(closeness(np.array([[0.2, 0.6]])), [0.4])


def test_a_twentieth_of_new_pictures_lies_beyond_the_cut_of_others_like_them():
    draw = np.random.default_rng(0)
    beyond = [(draw.normal(size=200) > cut(draw.normal(size=60))).mean() for _ in range(300)]
    assert np.mean(beyond) == pytest.approx(0.05, abs=0.01)


def test_scores_of_the_pictures_that_set_the_scale_have_mean_zero():
    draw = np.random.default_rng(0)
    first, close = draw.random(50), draw.random(50)
    assert Scale.of(first, close).scores(first, close).mean() == pytest.approx(0, abs=1e-9)


def test_a_figure_that_all_pictures_share_tells_nothing_apart():
    scale = Scale.of(np.full(9, 0.5), np.linspace(0, 1, 9))
    assert scale.scores(np.array([0.5, 0.9]), np.array([0.5, 0.5])).tolist() == [0, 0]


def test_training_pictures_are_like_themselves(trained, classifier):
    found = classifier.classify(sorted((trained.sample / "train").rglob("*.jpg")))
    assert np.mean([one.unknown for one in found]) <= 0.05


def test_a_picture_is_not_compared_with_itself(trained):
    known = Novelty.of(trained.run)
    own = known.pictures[:1] ** 3  # as a feature vector, of which the root is taken again
    among, without = (replace(known, pictures=known.pictures[start:5]) for start in (0, 1))
    assert among.scores(own) == pytest.approx(without.scores(own))


def test_a_picture_of_nothing_is_unknown(classifier):
    one = classifier.classify_bytes("plain.jpg", plain_picture())
    assert one.unknown and one.novelty > Novelty.of(classifier.run).threshold


def test_a_file_and_its_bytes_are_as_novel(trained, classifier):
    file = next((trained.sample / "demo").rglob("*.jpg"))
    of_bytes = classifier.classify_bytes(file.name, file.read_bytes()).novelty
    assert classifier.classify([file])[0].novelty == pytest.approx(of_bytes, abs=1e-4)


def test_a_calibrated_run_calls_the_same_pictures_unknown(trained, classifier, copy):
    copy.set_temperature(2.5)
    again = Classifier(copy, trained.workspace)
    content = plain_picture()
    wanted = classifier.classify_bytes("a.jpg", content).novelty
    assert again.classify_bytes("a.jpg", content).novelty == pytest.approx(wanted)


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY"])
def test_a_run_whose_kept_pictures_are_damaged_says_so(trained, copy, content):
    (copy.folder / "novelty.npy").write_bytes(content)
    with pytest.raises(RunError, match=r"novelty\.npy is damaged"):
        Classifier(copy, trained.workspace)


def test_of_a_run_whose_kept_pictures_are_gone_nothing_is_known(trained, copy):
    (copy.folder / "novelty.npy").unlink()
    one = Classifier(copy, trained.workspace).classify_bytes("a.jpg", plain_picture())
    assert (one.novelty, one.unknown) == (None, None)


def test_a_run_of_an_earlier_version_knows_nothing_of_it(trained, copy):
    change_record(copy.folder / "run.json", novelty={})
    one = Classifier(copy, trained.workspace).classify_bytes("a.jpg", plain_picture())
    assert (one.novelty, one.unknown) == (None, None)
