"""Which part of a large confusion matrix is looked at."""

from poetcore.evaluation.confusions import by_confusion, by_name, confused_with

LABELS = ["10", "2", "1"]
#: "1" is right each time; "10" and "2" are confused.
COUNTS = [[5, 1, 0], [3, 2, 0], [0, 0, 8]]


def test_labels_by_name_are_in_the_order_in_which_people_look_for_them():
    assert [LABELS[place] for place in by_name(LABELS)] == ["1", "2", "10"]


def test_the_most_confused_labels_come_first_and_equals_by_name():
    assert [LABELS[place] for place in by_confusion(COUNTS, LABELS)] == ["2", "10", "1"]


def test_a_label_is_shown_with_those_that_it_is_confused_with_either_way():
    assert confused_with([[5, 1, 0], [0, 2, 0], [2, 0, 8]], 0) == [0, 2, 1]


def test_a_label_that_is_never_confused_stands_alone():
    assert confused_with(COUNTS, 2) == [2]
