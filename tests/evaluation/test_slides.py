"""The slides of a show: which pictures, in which order."""

import pandas as pd
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.slides import Filter, deck

LABELS = ["ant", "bee", "cat"]

#: path, true label, then a probability for each label
ROWS = [
    ("ant/1", "ant", 0.90, 0.06, 0.04),
    ("ant/2", "ant", 0.30, 0.25, 0.45),
    ("ant/3", "ant", 0.55, 0.44, 0.01),
    ("ant/4", "ant", 0.10, 0.70, 0.20),
    ("bee/1", "bee", 0.15, 0.80, 0.05),
    ("bee/2", "bee", 0.97, 0.01, 0.02),
    ("cat/1", "cat", 0.00, 0.40, 0.60),
]


def predictions() -> pd.DataFrame:
    rows = []
    for path, label, *given in ROWS:
        predicted = LABELS[given.index(max(given))]
        rows.append((path, label, predicted, label == predicted, max(given), path == "ant/1", *given))
    columns = ["path", "label", "predicted", "correct", "confidence", "leaked", "p_ant", "p_bee", "p_cat"]
    return pd.DataFrame(rows, columns=columns)


def paths(*arguments: object, **options: object) -> list[str]:
    return [slide.path for slide in deck(predictions(), *arguments, **options)]


def test_all_pictures_come_in_the_order_of_the_folder():
    assert paths() == [row[0] for row in ROWS]


def test_only_misclassified_pictures():
    assert paths(Filter(show="mistakes")) == ["ant/2", "ant/4", "bee/2"]


def test_only_correct_ones():
    assert paths(Filter(show="correct")) == ["ant/1", "ant/3", "bee/1", "cat/1"]


def test_a_label_is_the_true_one():
    assert paths(Filter(label="bee")) == ["bee/1", "bee/2"]


def test_below_leaves_out_the_limit_itself():
    assert paths(Filter(below=0.6)) == ["ant/2", "ant/3"]


def test_filters_add_up():
    assert paths(Filter("mistakes", "ant", 0.5)) == ["ant/2"]


def test_most_confident_first():
    assert paths(order="surest") == ["bee/2", "ant/1", "bee/1", "ant/4", "cat/1", "ant/3", "ant/2"]


def test_least_confident_first():
    assert paths(order="least_sure") == ["ant/2", "ant/3", "cat/1", "ant/4", "bee/1", "ant/1", "bee/2"]


def test_shuffling_loses_and_repeats_nothing():
    assert sorted(paths(order="shuffled", seed=5)) == sorted(paths())


def test_shuffling_moves_slides():
    assert paths(order="shuffled", seed=5) != paths()


def test_shuffling_spreads_every_label_evenly():
    table = pd.concat([predictions()] * 2, ignore_index=True)
    table["label"] = [LABELS[i // 4] for i in range(12)] + ["bee", "cat"]
    shown = [slide.label for slide in deck(table, order="shuffled", seed=3)]
    halves = [sorted(shown[:6]), sorted(shown[6:])]
    assert all(set(half) == set(LABELS) for half in halves)


def test_labels_with_as_many_pictures_come_once_in_every_round():
    table = predictions().iloc[[0, 1, 4, 5, 6, 6]].assign(label=["ant", "ant", "bee", "bee", "cat", "cat"])
    shown = [slide.label for slide in deck(table, order="shuffled", seed=3)]
    assert sorted(shown[:3]) == sorted(shown[3:]) == LABELS


def test_the_same_seed_shuffles_the_same_way():
    assert paths(order="shuffled", seed=5) == paths(order="shuffled", seed=5)


def test_another_seed_shuffles_another_way():
    assert paths(order="shuffled", seed=5) != paths(order="shuffled", seed=6)


def test_the_predictions_are_not_changed():
    table = predictions()
    deck(table, Filter(show="mistakes"), "surest")
    pd.testing.assert_frame_equal(table, predictions())


def test_a_slide_tells_the_most_probable_labels():
    assert deck(predictions(), top=2)[1].top == (("cat", 0.45), ("ant", 0.30))


def test_a_slide_tells_no_more_labels_than_there_are():
    assert len(deck(predictions(), top=9)[0].top) == 3


def test_a_slide_has_true_label_predicted_label_and_confidence():
    slide = deck(predictions())[3]
    assert (slide.label, slide.predicted, slide.confidence, slide.correct) == ("ant", "bee", 0.70, False)


@pytest.mark.parametrize("order", ["folder", "shuffled", "surest", "least_sure"])
def test_nothing_left_gives_an_empty_deck(order):
    assert deck(predictions(), Filter("mistakes", "cat"), order) == []


@pytest.mark.parametrize("below", [0, -0.5, 1.01, float("nan")])
def test_an_impossible_confidence_is_refused(below):
    with pytest.raises(OptionError, match=f"Received: {below}"):
        Filter(below=below)


def test_an_unknown_filter_is_refused():
    with pytest.raises(OptionError, match="Received: 'wrong'"):
        Filter(show="wrong")


def test_an_unknown_order_is_refused():
    with pytest.raises(OptionError, match="Received: 'random'"):
        deck(predictions(), order="random")


def test_a_label_that_does_not_occur_is_refused():
    with pytest.raises(OptionError, match="'dog'"):
        deck(predictions(), Filter(label="dog"))
