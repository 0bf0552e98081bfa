"""A trained run as an object: which pictures get which labels, without TensorFlow."""

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import RunError
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.sources.samples import SAMPLE_LABELS
from poetcore.system.progress import Progress
from poetcore.workspace.run import Run
from tests.conftest import encoded, picture


@pytest.fixture(scope="module")
def classifier(trained) -> Classifier:
    return Classifier(trained.run, trained.workspace)


@pytest.fixture(scope="module")
def demo_files(trained):
    return sorted((trained.sample / "demo").rglob("*.jpg"))


@pytest.fixture(scope="module")
def found(classifier, demo_files):
    return classifier.classify(demo_files[::-1])


def given(*probabilities: float) -> Prediction:
    return Prediction(None, ("ant", "bee", "cat"), np.array(probabilities, np.float32))


def test_answers_come_in_the_order_of_the_files(found, demo_files):
    assert [prediction.path for prediction in found] == demo_files[::-1]


def test_most_drawn_flowers_are_recognised(found):
    right = sum(prediction.top(1)[0][0] == prediction.path.parent.name for prediction in found)
    assert right >= 12  # of 20, after learning from 12 a label; guessing gives 4


def test_probabilities_are_float32_and_sum_to_one(found):
    stacked = np.array([prediction.probabilities for prediction in found])
    assert (stacked.shape, stacked.dtype) == ((20, 5), np.float32)
    np.testing.assert_allclose(stacked.sum(axis=1), 1, atol=1e-5)


def test_labels_are_those_of_the_run(classifier):
    assert classifier.labels == SAMPLE_LABELS


def test_labels_that_do_not_fit_the_model_are_told_before_anything_is_predicted(trained, tmp_path):
    damaged = Run(Path(shutil.copytree(trained.run.folder, tmp_path / "damaged")))
    (damaged.folder / "labels.txt").write_text("daisy\n", encoding="utf-8")
    with pytest.raises(RunError, match="the 1 labels of labels.txt are not the 5 of run.json"):
        Classifier(damaged, trained.workspace)


def test_top_names_the_most_probable_first():
    top = given(0.125, 0.5, 0.375).top(2)
    assert top == [("bee", 0.5), ("cat", 0.375)]


def test_top_names_no_more_labels_than_there_are():
    assert len(given(0.125, 0.5, 0.375).top(9)) == 3


def test_top_keeps_the_order_of_the_labels_where_they_are_equal():
    assert [label for label, _ in given(0.25, 0.375, 0.375).top(3)] == ["bee", "cat", "ant"]


def test_top_of_a_picture_that_cannot_be_used_is_empty():
    assert Prediction(None, ("ant", "bee"), None, reason="is empty (0 bytes)").top(2) == []


def test_bytes_are_labelled_like_the_file(classifier, demo_files, found):
    of_file = found[::-1][3]
    of_bytes = classifier.classify_bytes("upload.jpg", demo_files[3].read_bytes())
    np.testing.assert_allclose(of_bytes.probabilities, of_file.probabilities, atol=1e-6)


def test_several_threads_get_what_one_gets(classifier, demo_files):
    contents = [file.read_bytes() for file in demo_files[:6]]
    wanted = [classifier.classify_bytes("one", content).probabilities for content in contents]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda content: classifier.classify_bytes("one", content), contents))
    np.testing.assert_array_equal([one.probabilities for one in found], wanted)


def test_a_classifier_that_was_used_goes_to_another_process(classifier, demo_files):
    content = demo_files[0].read_bytes()
    wanted = classifier.classify_bytes("one", content).probabilities
    copy = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(copy.classify_bytes("one", content).probabilities, wanted)


def test_bytes_that_are_no_picture_get_a_reason(classifier):
    prediction = classifier.classify_bytes("upload.jpg", b"hello")
    assert prediction.probabilities is None
    assert "is not a picture" in prediction.reason


def test_bad_files_get_their_reasons_and_stop_nothing(classifier, tmp_path):
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "good.png").write_bytes(encoded(picture(1), "PNG"))
    (tmp_path / "torn.jpg").write_bytes(encoded(picture(2, (640, 480)))[:2000])
    names = ["empty.jpg", "good.png", "torn.jpg", "missing.jpg"]
    reasons = [p.reason for p in classifier.classify([tmp_path / name for name in names])]
    assert reasons[0] == "is empty (0 bytes)"
    assert reasons[1] is None
    assert "truncated" in reasons[2]
    assert reasons[3] == "does not exist"


def test_a_torn_picture_keeps_its_reason_the_second_time(classifier, tmp_path):
    (tmp_path / "torn.jpg").write_bytes(encoded(picture(2, (640, 480)))[:1900])
    first, second = (classifier.classify([tmp_path / "torn.jpg"])[0].reason for _ in range(2))
    assert first is not None
    assert second == first


def test_the_same_picture_twice_gets_the_same_answer_twice(classifier, demo_files):
    one, two = classifier.classify([demo_files[5], demo_files[5]])
    assert one.probabilities.tobytes() == two.probabilities.tobytes()


def test_progress_ends_with_everything_done(classifier, demo_files):
    events: list[Progress] = []
    classifier.classify(demo_files[:4], events.append)
    assert events == [Progress("predicting", done, 4) for done in (1, 2, 3, 4)]


def test_no_files_give_no_answers(classifier):
    assert classifier.classify([]) == []


def test_an_unfinished_run_is_refused(trained, tmp_path):
    (tmp_path / "half").mkdir()
    with pytest.raises(RunError, match="'half' has no labels.txt"):
        Classifier(Run(tmp_path / "half"), trained.workspace)


def test_a_run_works_from_a_copy_of_its_folder(trained, demo_files, found, tmp_path):
    copy = Run(shutil.copytree(trained.run.folder, tmp_path / "copy"))
    (again,) = Classifier(copy, trained.workspace).classify(demo_files[:1])
    assert again.probabilities.tobytes() == found[-1].probabilities.tobytes()
