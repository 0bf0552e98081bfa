"""The figures of runs: their table, a run's own, and whether more pictures would help."""

from dataclasses import replace

import pytest

from poetcore.evaluation.evaluate import evaluate
from poetcore.training.forecast import Curve, Forecast, Point
from poetcore.training.learning_curve import LearningCurve
from poetcore.workspace.records import as_record
from tests.browser.dashboard import copy_run
from tests.ui.pages import metrics_of, relabel, runs_of, runs_table, texts_of, training_page

# ---------------------------------------------------------------------- the table of runs


def test_the_table_of_runs_tells_accuracies_with_their_ranges(own):
    record = own.run.record()
    checked = {"accuracy": 0.9, "interval": [0.84, 0.94], "n": 60, "folds": 5, "per_label": {}}
    own.run.write_record(replace(record, cross_validation=checked))
    row = runs_table(training_page("All runs"))
    assert list(row)[:3] == ["run", "started", "accuracy"]
    assert row["accuracy"] == " 90.0 % (84 to 94 %)"
    assert str(row["demo accuracy"]).strip().startswith(f"{100 * metrics_of(own).accuracy:.1f} %")


@pytest.mark.slow
def test_figures_of_two_states_of_a_demo_folder_do_not_stand_side_by_side_without_a_word(own):
    second = copy_run(own.run, own.workspace.runs / "second")
    relabel(own)
    evaluate(second, own.sample / "demo", own.workspace)
    table = runs_of(training_page("All runs")).set_index("run")
    assert table.loc["first", "remarks"] == "demo: out of date"
    assert str(table.loc["second", "remarks"]).startswith("demo: 1 label changed")


# ---------------------------------------------------------------------- a run's own figures


def test_the_first_figure_of_a_run_is_cross_validated_with_the_test_beside_it(own):
    record = own.run.record()
    checked = {"accuracy": 0.9, "interval": [0.84, 0.94], "n": 60, "folds": 5, "per_label": {}}
    own.run.write_record(
        replace(record, cross_validation=checked, groups={"by": "near", "count": 40, "largest": 3})
    )
    app = training_page("This run")
    assert [metric.label for metric in app.metric][1:3] == ["Cross-validated", "Test accuracy"]
    assert (app.metric[1].value, app.metric[1].delta) == ("90.0 %", "84 to 94 %, n = 60")
    assert "40 groups (near duplicates); the largest has 3 pictures" in texts_of(app)


@pytest.mark.slow
def test_a_run_without_cross_validation_says_that_it_is_not_known(own):
    own.run.write_record(replace(own.run.record(), cross_validation=None, groups={}))
    app = training_page("This run")
    assert app.metric[1].value == "–" and "without cross validation" in texts_of(app)


def test_a_split_that_divides_near_duplicates_says_so(own):
    record = own.run.record()
    own.run.write_record(replace(record, groups={"by": "exact", "count": 60, "largest": 1}))
    assert "these figures may be too high" in texts_of(training_page("This run"))
    table = runs_of(training_page("All runs")).set_index("run")
    assert "near duplicates not kept together" in str(table.loc[own.run.name, "remarks"])


# ---------------------------------------------------------------------- would more pictures help?


@pytest.mark.slow
def test_the_learning_curve_is_offered_with_what_it_does(full):
    app = training_page("This run")
    assert "Compute the learning curve" in [button.label for button in app.button]
    assert "what twice and four times as many would bring" in texts_of(app)


@pytest.mark.slow
def test_a_learning_curve_shows_its_advice_and_each_label(own):
    points, forecast = (Point(40, 0.8, 0.7, 0.9),), (Forecast(2, 80, 0.84, 0.74, 0.94, 0.04, 0.0, 0.08),)
    of_label, advice = {"daisy": Curve(points, forecast)}, "Twice may bring 4 points."
    stored = LearningCurve(own.run.name, points, forecast, of_label, advice)
    own.run.learning_curve_file.write_text(as_record(stored))
    app = training_page("This run")
    assert "**Twice may bring 4 points.**" in texts_of(app)
    table = next(frame.value for frame in app.dataframe if "now" in frame.value)
    assert table.to_dict("records") == [
        {
            "label": "daisy",
            "trained on": 40,
            "now": " 80.0 % (70 to 90 %)",
            "2 times as many": " 84.0 % (74 to 94 %)",
        }
    ]


@pytest.mark.slow
def test_a_learning_curve_is_computed_from_the_page(own):
    app = training_page("This run")
    next(b for b in app.button if b.label == "Compute the learning curve").click().run(timeout=120)
    assert own.run.learning_curve_file.is_file()
