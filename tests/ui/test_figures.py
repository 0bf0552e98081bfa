"""Accuracies on the pages: which may stand, what is said beside them, and when there is none."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.metrics import Metrics
from tests.conftest import Trained
from tests.records import change_record
from tests.ui.pages import metrics_of, opened, relabel, runs_table, texts_of, training_page

FIGURE_PAGES = ("home", "evaluate", "slideshow")


@pytest.fixture
def seen(own: Trained) -> Callable[..., AppTest]:
    """Open a page for a run that was evaluated on its own training pictures."""
    demo = shutil.copytree(own.sample / "train", own.sample.parent / "seen")
    evaluate(own.run, demo, own.workspace)
    return lambda page, **asked: opened(page, demo=str(demo), **asked)


def change(own: Trained, **figures: object) -> Metrics:
    """Change figures of the evaluation, as if it had come out so."""
    change_record(own.run.evaluation("demo").metrics_file, **figures)
    return metrics_of(own)


def plainly(app: AppTest) -> str:
    """The error on a page, without the backslashes of Markdown."""
    return str(app.error[0].value).replace("\\", "")


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


# ---------------------------------------------------------------------- the figure, and its doubt


def test_the_accuracy_of_home_has_its_range_and_number_of_pictures(full):
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    accuracy = opened("home").metric[0]
    assert accuracy.value == f"{100 * metrics.accuracy:.1f} %"
    assert accuracy.delta.endswith(f"n = {metrics.total}") and " to " in accuracy.delta


def test_the_headline_is_that_of_the_metrics(full):
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    assert figures(opened("evaluate")) == {
        "Accuracy": f"{100 * metrics.accuracy:.1f} %",
        "Error rate": f"{100 * (1 - metrics.accuracy):.1f} %",
        "Macro F1": f"{metrics.macro_f1:.2f}",
        "Seen in training": "0",
    }


def test_the_accuracy_is_without_leaked_pictures_and_both_kinds_are_counted(own):
    unseen = metrics_of(own).total - 3
    metrics = change(own, leaked=1, leaked_near=2, accuracy_without_leaked=(unseen - 4) / unseen)
    app = opened("evaluate")
    assert figures(app)["Accuracy"] == f"{100 * (unseen - 4) / unseen:.1f} %"
    assert figures(app)["Seen in training"] == "3"
    assert app.metric[3].delta == "1 exact, 2 near"
    assert f"all {metrics.total} pictures, the 3 seen in training included" in texts_of(app)


@pytest.mark.slow
def test_near_duplicates_that_are_not_known_are_not_none(own):
    change(own, leaked=0, leaked_near=None)
    app = opened("evaluate")
    assert figures(app)["Seen in training"] == "–" and "near not known" in app.metric[3].delta


@pytest.mark.slow
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
    sentences = texts_of(opened("evaluate", view="Confidence"))
    assert "**Expected calibration error" in sentences and "**Log loss" in sentences
    assert "chance alone makes up to" in sentences


def test_what_the_threshold_for_unknown_pictures_catches_stands_beside_what_it_costs(full):
    app = opened("evaluate", view="Confidence")
    sentences = texts_of(app)
    assert "are called unknown" in sentences and "With 5 labels held out in turn" in sentences
    shown = next(one.value for one in app.table if "called unknown" in one.value)
    assert shown["label held out"].tolist() == list(full.run.labels())


def test_an_evaluation_of_an_earlier_version_has_nothing_on_unknown_pictures_until_it_is_made_again(own):
    own.run.write_record(replace(own.run.record(), novelty={}))
    change(own, novelty=None)
    table = own.run.evaluation("demo").predictions_file
    pd.read_csv(table).drop(columns=["novelty", "unknown"]).to_csv(table, index=False)
    app = opened("evaluate", view="Confidence")
    assert "Evaluate again to see it." in texts_of(app) and "train again" not in texts_of(app)


def offer(own: Trained, temperature: float) -> None:
    """Change the record of the run, as if a temperature were offered."""
    found = {"error": 0.1, "noise": 0.05, "cross_entropy_calibrated": 0.3}
    found |= {"offered": True, "temperature": temperature}
    checked = {"accuracy": 0.9, "interval": [0.84, 0.94], "n": 60, "folds": 5, "per_label": {}}
    checked |= {"calibration": found}
    own.run.write_record(replace(own.run.record(), cross_validation=checked))


@pytest.mark.slow
def test_a_temperature_is_offered_used_and_taken_back(own):
    offer(own, 2.0)
    app = opened("evaluate", view="Confidence")
    app.button(key="calibrate").click().run()
    assert own.run.temperature() == 2.0 and metrics_of(own).temperature == 2.0
    app.button(key="uncalibrate").click().run()
    assert own.run.temperature() == 1.0 and metrics_of(own).temperature == 1.0


@pytest.mark.slow
def test_a_damaged_layer_is_reported_in_a_sentence(own):
    (own.run.folder / "head.npz").write_bytes(b"damaged")
    app = opened("evaluate", view="Confidence")
    assert "head.npz is damaged: train again" in plainly(app) and not app.exception


@pytest.mark.slow
def test_where_no_temperature_is_offered_there_is_no_button(full):
    confidence = opened("evaluate", view="Confidence")
    assert not {"calibrate", "uncalibrate"} & {button.key for button in confidence.button}


# ---------------------------------------------------------------------- seen in training


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_where_most_pictures_were_seen_there_is_a_banner_and_no_accuracy(seen, page):
    app = seen(page)
    assert not app.metric
    assert "were seen in training" in app.error[0].value and not app.exception


@pytest.mark.slow
def test_where_the_run_was_trained_on_another_dataset_the_banner_says_on_which_to_train(own, tmp_path):
    """A set that was prepared from the pictures of the run, whose demo part it has seen therefore."""
    for part in ("train", "demo"):
        shutil.copytree(own.sample / "train", tmp_path / "set" / part)
    evaluate(own.run, tmp_path / "set" / "demo", own.workspace)
    app = opened(
        "evaluate",
        dataset=str(tmp_path / "set/train"),
        demo=str(tmp_path / "set/demo"),
        run=own.run.name,
    )
    assert "was trained on sample/train, not on the chosen dataset: train on set/train" in plainly(app)


@pytest.mark.slow
def test_where_most_pictures_were_seen_evaluate_is_not_ticked_and_next_is_not_the_slideshow(seen):
    labels = [one.proto.label for one in seen("home").main if one.type == "page_link"]
    assert "Evaluate (done)" not in labels and "**Next: Slideshow**" not in labels


@pytest.mark.slow
def test_the_table_of_runs_has_no_demo_accuracy_of_pictures_that_were_seen(seen):
    row = runs_table(seen("train", view="All runs"))
    assert "demo accuracy" not in row and row["remarks"] == "demo: seen in training"


def pairs_of(app: AppTest, own: Trained) -> dict[str, Any]:
    """What the browser gets of the gallery of pictures that were seen in training, once it is unfolded."""
    app.session_state[f"folded_leaks_{own.run.name}_{own.sample.parent / 'seen'}"] = True
    app.run()
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    return next(data for data in sent if data.get("alone"))


@pytest.mark.slow
def test_pictures_that_were_seen_stand_beside_their_twins(seen, own):
    pairs = pairs_of(seen("evaluate"), own)
    groups = [card["group"] for card in pairs["cards"]]
    assert [groups.count(group) for group in dict.fromkeys(groups)] == [2] * 12
    assert sum("training: " in card["html"] for card in pairs["cards"]) == 12


@pytest.mark.slow
def test_a_picture_whose_twin_is_gone_says_so(seen, own):
    twin = sorted((own.sample / "train" / "daisy").iterdir())[0]
    twin.unlink()
    pairs = pairs_of(seen("evaluate"), own)
    groups = [card["group"] for card in pairs["cards"]]
    assert [groups.count(group) for group in dict.fromkeys(groups)].count(1) == 1
    assert pairs["alone"] == "The training picture is not there any more."


# ---------------------------------------------------------------------- out of date


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_a_figure_of_other_files_says_so(own, page):
    next((own.sample / "demo").rglob("*.jpg")).unlink()
    assert "the pictures in its folder are others now (1 removed)" in opened(page).warning[0].value


@pytest.mark.parametrize("page", FIGURE_PAGES)
@pytest.mark.slow
def test_a_figure_of_a_run_trained_on_other_pictures_says_so(own, page):
    next((own.sample / "train").rglob("*.jpg")).unlink()
    assert "trained on are others now (1 removed)" in texts_of(opened(page))


@pytest.mark.slow
def test_the_table_of_runs_marks_figures_of_other_files(own):
    next((own.sample / "demo").rglob("*.jpg")).unlink()
    next((own.sample / "train").rglob("*.jpg")).unlink()
    assert runs_table(training_page("All runs"))["remarks"] == "demo: out of date · dataset changed since"


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


@pytest.mark.parametrize("page", ["evaluate", "slideshow"])
@pytest.mark.slow
def test_missing_files_of_an_evaluation_of_an_earlier_version_are_told(own, page):
    file = own.run.evaluation("demo").predictions_file
    table = Evaluation.load(own.run.evaluation("demo")).predictions
    table.drop(columns=["sha", "leaked_near", "twin"]).to_csv(file, index=False)
    change(own)  # it had no checksums
    next((own.sample / "demo").rglob("*.jpg")).unlink()
    assert "1 picture was moved or taken out since the evaluation." in texts_of(opened(page))


@pytest.mark.slow
def test_the_sidebar_says_where_a_run_was_trained_on_another_dataset(own, tmp_path):
    other = shutil.copytree(own.sample / "demo", tmp_path / "other")
    captions = [caption.value for caption in opened("home", dataset=str(other), run="first").sidebar.caption]
    assert captions == ["Trained on sample/train, not on the dataset above."]
