"""The sentence on why cross validation and final test differ: it claims no more than the intervals show."""

from types import SimpleNamespace

from poetcore.training.final_test import why_they_differ


def record(tested: int, interval, excluded: int = 0):
    return SimpleNamespace(
        cross_validation={"folds": 5, "n": 300, "interval": [0.90, 0.97], "excluded": excluded},
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


def test_without_a_cross_validation_there_is_nothing_to_explain():
    assert why_they_differ(SimpleNamespace(cross_validation=None, metrics={"final_test_count": 31})) == ""
