"""A run asked from Python where it looks and what a picture resembles."""

import io
import pickle

import numpy as np
import pytest
from PIL import Image

import poetcore as poet
from poetcore.errors import OptionError, PictureError

ROSE = "sample/demo/rose/rose_001.jpg"


@pytest.fixture
def run(here) -> poet.TrainedRun:
    return poet.load_run("first")


def test_a_heat_map_is_of_the_predicted_label_by_default(run):
    found = run.heat_map(ROSE)
    assert found.label == run.predict(ROSE).label and found.values.shape == (7, 7)


def test_maps_explain_the_probabilities(run):
    means = np.array([run.heat_map(ROSE, label).values.mean() for label in run.classes_])
    logits = means + run._run.head().bias
    shares = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(shares, run.predict_proba(ROSE).iloc[0], atol=1e-5)


def test_a_notebook_shows_the_map_over_the_picture(run):
    with Image.open(io.BytesIO(run.heat_map(ROSE)._repr_png_())) as shown, Image.open(ROSE) as photo:
        assert shown.width / shown.height == pytest.approx(photo.width / photo.height, rel=0.02)


def test_similar_pictures_are_a_table_of_training_pictures(run):
    found = run.similar(ROSE, 3)
    assert list(found) == ["path", "label", "similarity", "sha"] and len(found) == 3
    assert found["similarity"].is_monotonic_decreasing and found["label"].iloc[0] == "rose"


def test_a_run_that_was_asked_can_be_sent_to_another_process(run):
    before = run.heat_map(ROSE).values
    assert np.array_equal(pickle.loads(pickle.dumps(run)).heat_map(ROSE).values, before)


def test_wrong_use_is_told_in_a_sentence(run, here):
    (here / "bad.jpg").write_text("no picture")
    with pytest.raises(PictureError, match=r"bad\.jpg is"):
        run.heat_map("bad.jpg")
    with pytest.raises(OptionError, match="was not trained on the label 'oak'"):
        run.heat_map(ROSE, "oak")
    with pytest.raises(OptionError, match="count must be 1 or more"):
        run.similar(ROSE, 0)
