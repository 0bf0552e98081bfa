"""The sentence on why cross validation and final test differ: it claims no more than the intervals show."""

from types import SimpleNamespace

import pytest

from poetcore.training.final_test import run_remarks, why_they_differ


def record(tested: int, interval, excluded: int = 0, fine_tuning: dict[str, int] | None = None):
    return SimpleNamespace(
        cross_validation={"folds": 5, "n": 300, "interval": [0.90, 0.97], "excluded": excluded},
        options={},
        fine_tuning=fine_tuning or {},
        metrics={"final_test_count": tested, "final_test_interval": interval},
    )


def test_a_less_certain_test_is_called_so():
    said = why_they_differ(record(31, [0.79, 0.98]))
    assert said.endswith("on the 31 pictures held out from it, so few that chance moves it more.")


def test_a_more_certain_test_is_not_called_less_certain():
    said = why_they_differ(record(165, [0.90, 0.96]))
    assert said.endswith("on the 165 pictures held out from it.")


def test_without_test_pictures_only_the_cross_validation_is_explained():
    assert "test accuracy" not in why_they_differ(record(0, None))


def test_pictures_that_were_not_tested_are_counted():
    assert "every picture is tested once, except 60 of labels" in why_they_differ(record(0, None, 60))


def test_that_rate_and_epochs_were_chosen_on_some_of_them_is_said_of_a_fine_tuned_run():
    assert "a little hopeful" in why_they_differ(record(31, [0.79, 0.98], fine_tuning={"best": 3}))
    assert "hopeful" not in why_they_differ(record(31, [0.79, 0.98]))


def test_without_a_cross_validation_there_is_nothing_to_explain():
    assert why_they_differ(SimpleNamespace(cross_validation=None, metrics={"final_test_count": 31})) == ""


def remarks(rare: int, undivided: bool = False, kept_aside: int = 0, **options: str) -> list[str]:
    """The remarks on a run of 90 pictures of elm, and so many of oak."""
    groups = {"by": "near", "undivided": {"oak": rare}} if undivided else {}
    per_label = {name: {"support": n, "recall": 0.9} for name, n in (("oak", rare), ("elm", 90))}
    return run_remarks(
        SimpleNamespace(
            cross_validation={"per_label": per_label},
            groups=groups,
            kept_aside=kept_aside,
            augmentation={},
            options=options,
        )
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "Every label counted the same in training (class_weight balanced)"),
        ({"class_weight": "balanced"}, "Every label counted the same in training (class_weight balanced)"),
        ({"class_weight": "none"}, "Every picture counted the same in training (class_weight none)"),
    ],
)
def test_what_counted_is_told_of_labels_of_very_different_size(options, said):
    (remark,) = remarks(12, **options)
    assert remark.startswith(said) and "12 pictures of oak and 90 of elm" in remark


def test_of_a_label_in_one_group_it_is_said_that_nothing_is_known_unless_pictures_are_kept_aside():
    (remark,) = remarks(60, undivided=True)
    assert remark.endswith("so how well oak is recognised is not known: add different pictures.")
    assert remarks(60, undivided=True, kept_aside=12) == []


def test_what_counted_is_not_told_of_labels_of_about_the_same_size():
    assert remarks(60) == []
