"""Accuracies on the pages: which may stand, what is said beside them, and when there is none."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.metrics import Metrics
from poetcore.workspace.records import read_record
from tests.browser.dashboard import copy_of, copy_run
from tests.conftest import Trained
from tests.ui.pages import opened, texts_of

FIGURE_PAGES = ("home", "evaluate", "slideshow")


@pytest.fixture
def own(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """A workspace of the test's own with the sample, a run and its evaluation."""
    copied = copy_of(trained, tmp_path)
    monkeypatch.setenv("TFP_WORKSPACE", str(copied.workspace.root))
    return copied


@pytest.fixture
def seen(own: Trained) -> Callable[..., AppTest]:
    """Open a page for a run that was evaluated on its own training pictures."""
    demo = shutil.copytree(own.sample / "train", own.sample.parent / "seen")
    evaluate(own.run, demo, own.workspace)
    return lambda page: opened(page, demo=str(demo))


def metrics_of(own: Trained) -> Metrics:
    return read_record(own.run.evaluation("demo").metrics_file, Metrics)


def change(own: Trained, **figures: object) -> Metrics:
    """Change figures of the evaluation, as if it had come out so."""
    file = own.run.evaluation("demo").metrics_file
    file.write_text(json.dumps(json.loads(file.read_text()) | figures))
    return metrics_of(own)


def relabel(own: Trained) -> None:
    """Give a demo picture another label."""
    first, other = sorted(path for path in (own.sample / "demo").iterdir() if path.is_dir())[:2]
    next(first.iterdir()).rename(other / "relabelled.jpg")


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def runs_table(app: AppTest) -> dict[str, object]:
    """The first row of the table of runs."""
    table = next(frame.value for frame in app.dataframe if "state" in frame.value)
    return dict(table.to_dict("records")[0])


# ---------------------------------------------------------------------- the figure, and its doubt


def test_the_accuracy_of_home_has_its_range_and_number_of_pictures(full):
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    accuracy = opened("home").metric[0]
    assert accuracy.value == f"{100 * metrics.accuracy:.1f} %"
    assert accuracy.delta.endswith(f"{metrics.total} pictures") and " to " in accuracy.delta


def test_the_headline_is_that_of_the_metrics(full):
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    assert figures(opened("evaluate")) == {
        "Accuracy": f"{100 * metrics.accuracy:.1f} %",
        "Error rate": f"{100 * (1 - metrics.accuracy):.1f} %",
        "Macro F1": f"{metrics.macro_f1:.3f}",
        "Seen in training": "0",
    }


def test_the_accuracy_is_without_leaked_pictures_and_both_kinds_are_counted(own):
    unseen = metrics_of(own).total - 3
    metrics = change(own, leaked=1, leaked_near=2, accuracy_without_leaked=(unseen - 4) / unseen)
    app = opened("evaluate")
    assert figures(app)["Accuracy"] == f"{100 * (unseen - 4) / unseen:.1f} %"
    assert figures(app)["Seen in training"] == "3"
    assert app.metric[3].delta == "1 exact, 2 near duplicates"
    assert f"all {metrics.total} pictures, the 3 seen in training included" in texts_of(app)


def test_macro_f1_says_over_how_many_labels(own):
    change(own, macro_f1_labels=4)
    macro = next(metric for metric in opened("evaluate").metric if metric.label == "Macro F1")
    assert macro.delta == "over 4 of 5 labels"


@pytest.mark.slow
def test_metrics_of_a_label_without_pictures_are_undefined(own):
    shutil.rmtree(own.sample / "demo" / own.run.labels()[0])
    evaluate(own.run, own.sample / "demo", own.workspace)
    app = opened("evaluate")
    table = next(frame.value for frame in app.dataframe if "recall" in frame.value)
    assert table["recall"].isna().tolist() == [True, False, False, False, False]
    assert "–: undefined" in texts_of(app)


def test_how_far_probabilities_can_be_believed_stands_beside_its_explanation(full):
    sentences = texts_of(opened("evaluate"))
    assert "**Expected calibration error" in sentences and "**Log loss" in sentences
    assert "chance alone makes up to" in sentences


# ---------------------------------------------------------------------- seen in training


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_where_most_pictures_were_seen_there_is_a_banner_and_no_accuracy(seen, page):
    app = seen(page)
    assert not app.metric
    assert "were seen in training" in app.error[0].value and not app.exception


@pytest.mark.slow
def test_where_most_pictures_were_seen_evaluate_is_not_ticked_and_next_is_not_the_slideshow(seen):
    app = seen("home")
    assert ":material/radio_button_unchecked: **5. Evaluate**" in texts_of(app)


@pytest.mark.slow
def test_the_table_of_runs_has_no_demo_accuracy_of_pictures_that_were_seen(seen):
    row = runs_table(seen("train"))
    assert row["demo accuracy"] is None and row["remarks"] == "demo: seen in training"


@pytest.mark.slow
def test_pictures_that_were_seen_stand_beside_their_twins(seen):
    html = "".join(element.proto.body for element in seen("evaluate").get("html"))
    assert html.count("poet-pair'>") == 12 and "training: " in html


# ---------------------------------------------------------------------- out of date


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_a_figure_of_other_files_says_so(own, page):
    next((own.sample / "demo").rglob("*.jpg")).unlink()
    assert "the pictures in its folder are others now (1 removed)" in opened(page).warning[0].value


@pytest.mark.slow
def test_the_table_of_runs_marks_figures_of_other_files(own):
    next((own.sample / "demo").rglob("*.jpg")).unlink()
    next((own.sample / "train").rglob("*.jpg")).unlink()
    assert runs_table(opened("train"))["remarks"] == "demo: out of date · dataset changed since"


@pytest.mark.slow
def test_a_run_on_pictures_that_have_changed_since_says_so(own):
    next((own.sample / "train").rglob("*.jpg")).unlink()
    assert "(1 removed)" in opened("train").warning[0].value


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_a_figure_of_a_folder_whose_labels_were_changed_says_so_with_the_figure_before(own, page):
    before = metrics_of(own)
    relabel(own)
    evaluate(own.run, own.sample / "demo", own.workspace)
    said = opened(page).warning[0].value
    assert "1 label was changed after a model had been evaluated here" in said
    assert f"{100 * before.accuracy:.1f} %" in said


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_missing_files_of_an_evaluation_of_an_earlier_version_are_told(own, page):
    file = own.run.evaluation("demo").predictions_file
    table = Evaluation.load(own.run.evaluation("demo")).predictions
    table.drop(columns=["sha", "leaked_near", "twin"]).to_csv(file, index=False)
    next((own.sample / "demo").rglob("*.jpg")).unlink()
    if page == "home":
        assert "is not known: evaluate again" in texts_of(opened(page))
    else:
        assert "1 picture was moved or taken out since the evaluation." in texts_of(opened(page))


# ---------------------------------------------------------------------- the table of runs


def test_the_table_of_runs_tells_accuracies_with_their_ranges_and_augmentation(own):
    augmented = {"flip_left_right": True, "random_crop": 10, "distortion_variants": 3}
    record = own.run.record()
    checked = {"accuracy": 0.9, "interval": [0.84, 0.94], "n": 60, "folds": 5}
    own.run.write_record(replace(record, options=record.options | augmented, cross_validation=checked))
    row = runs_table(opened("train"))
    assert list(row)[:3] == ["run", "state", "accuracy"]
    assert row["accuracy"] == " 90.0 % (84 to 94 %)"
    assert str(row["demo accuracy"]).strip().startswith(f"{100 * metrics_of(own).accuracy:.1f} %")
    assert row["augmentation"] == "3 x mirrored, crop 10 %"


@pytest.mark.slow
def test_figures_of_two_states_of_a_demo_folder_do_not_stand_side_by_side_without_a_word(own):
    second = copy_run(own.run, own.workspace.runs / "second")
    relabel(own)
    evaluate(second, own.sample / "demo", own.workspace)
    app = opened("train")
    table = next(frame.value for frame in app.dataframe if "state" in frame.value).set_index("run")
    assert table.loc["first", "remarks"] == "demo: out of date"
    assert str(table.loc["second", "remarks"]).startswith("demo: 1 label changed")


# ---------------------------------------------------------------------- a run's own figures


def test_the_first_figure_of_a_run_is_cross_validated_with_the_test_beside_it(own):
    record = own.run.record()
    checked = {"accuracy": 0.9, "interval": [0.84, 0.94], "n": 60, "folds": 5}
    own.run.write_record(
        replace(record, cross_validation=checked, groups={"by": "near", "count": 40, "largest": 3})
    )
    app = opened("train")
    assert [metric.label for metric in app.metric][:2] == ["Accuracy (cross validation)", "Test accuracy"]
    assert (app.metric[0].value, app.metric[0].delta) == ("90.0 %", "84 to 94 %, 60 pictures")
    assert "40 groups (near duplicates); the largest has 3 pictures" in texts_of(app)


def test_a_run_without_cross_validation_says_that_it_is_not_known(own):
    own.run.write_record(replace(own.run.record(), cross_validation=None, groups={}))
    app = opened("train")
    assert app.metric[0].value == "–" and "without cross validation" in texts_of(app)


def test_the_sidebar_says_where_a_run_was_trained_on_another_dataset(own, tmp_path):
    other = shutil.copytree(own.sample / "demo", tmp_path / "other")
    captions = [caption.value for caption in opened("home", dataset=str(other)).sidebar.caption]
    assert captions == ["Trained on sample/train, not on the dataset above."]


# ---------------------------------------------------------------------- would more pictures help?


def test_the_learning_curve_is_offered_with_what_it_does(full):
    app = opened("train")
    assert "Compute the learning curve" in [button.label for button in app.button]
    assert "what twice and four times as many would bring" in texts_of(app)


def test_a_learning_curve_shows_its_advice_and_each_label(own):
    curve = {
        "points": [{"pictures": 40, "accuracy": 0.8, "low": 0.7, "high": 0.9}],
        "forecast": [
            {"factor": 2, "pictures": 80, "accuracy": 0.84, "low": 0.74, "high": 0.94,
             "gain": 0.04, "gain_low": 0.0, "gain_high": 0.08},
        ],
    }  # fmt: skip
    own.run.write_learning_curve(
        curve | {"per_label": {"daisy": curve}, "advice": "Twice may bring 4 points."}
    )
    app = opened("train")
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
    app = opened("train")
    next(b for b in app.button if b.label == "Compute the learning curve").click().run(timeout=120)
    assert own.run.learning_curve() is not None
