"""The review on the page Evaluate: corrected accuracy, offers, repairs, what is shown and downloaded."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.curation.repair import Repairs
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.verdicts import Verdict
from poetcore.ui.review.kept import metrics_file, predictions_file
from poetcore.workspace.evaluation_folder import EvaluationFolder
from tests.browser.dashboard import copy_run
from tests.conftest import Trained
from tests.ui.pages import opened, texts_of


@pytest.fixture
def misfiled(own: Trained) -> Trained:
    """A workspace whose run was evaluated on demo pictures, three roses among them filed under tulip."""
    demo = own.sample / "demo"
    for number in (1, 2, 3):
        (demo / "rose" / f"rose_{number:03d}.jpg").rename(demo / "tulip" / f"misfiled_{number}.jpg")
    evaluate(own.run, demo, own.workspace)
    return own


@pytest.fixture
def evaluation(misfiled: Trained) -> Evaluation:
    return Evaluation.load(folder_of(misfiled))


def folder_of(place: Trained) -> EvaluationFolder:
    return place.run.evaluation("demo")


def say(place: Trained, evaluation: Evaluation, *names: str, verdict: str = "label_wrong") -> None:
    rows = evaluation.predictions
    named = rows[rows["path"].map(lambda path: Path(path).stem).isin(names)]
    assert len(named) == len(names)
    right = "rose" if verdict == "label_wrong" else ""
    record_verdicts(folder_of(place), evaluation, [Verdict(sha, verdict, right) for sha in named["sha"]])


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def heading(app: AppTest) -> str:
    """The heading of the pictures."""
    return next(str(one.value) for one in app.header if ": " in one.value)


def test_before_a_verdict_it_says_how_to_review(misfiled):
    app = opened("evaluate", run="first")
    assert "Who is wrong, the model or the label?" in texts_of(app)
    assert "Corrected accuracy" not in metrics(app)


def test_the_corrected_accuracy_stands_beside_what_it_was(misfiled, evaluation):
    say(misfiled, evaluation, "misfiled_1", "misfiled_2")
    app = opened("evaluate", run="first")
    shown, total = metrics(app), evaluation.metrics.total
    correct = evaluation.metrics.correct
    assert shown["Before the review"] == f"{100 * correct / total:.1f} %"
    assert shown["Corrected accuracy"] == f"{100 * (correct + 2) / total:.1f} %"
    assert "pictures labelled as predicted none was reviewed" in texts_of(app)


def test_verdicts_become_pending_changes_in_one_click(misfiled, evaluation):
    say(misfiled, evaluation, "misfiled_1", "misfiled_2")
    app = opened("evaluate", run="first")
    app.button(key="review_repairs").click().run()
    pending = Repairs(misfiled.sample / "demo").pending()
    assert [(one.change.path.name, one.change.label) for one in pending] == [
        ("misfiled_1.jpg", "rose"),
        ("misfiled_2.jpg", "rose"),
    ]
    assert "review_repairs" not in {button.key for button in app.button}


def test_what_another_run_was_reviewed_for_is_taken_over_in_one_click(misfiled, evaluation):
    say(misfiled, evaluation, "misfiled_1")
    second = copy_run(misfiled.run, misfiled.workspace.root / "runs" / "second")
    evaluate(second, misfiled.sample / "demo", misfiled.workspace)
    app = opened("evaluate", run="second")
    assert "1 picture without a verdict here has one from the review of first." in texts_of(app)
    app.button(key="review_take_over").click().run()
    assert len(Review.of(second.evaluation("demo")).verdicts) == 1


def test_pictures_are_filtered_by_verdict(misfiled, evaluation):
    say(misfiled, evaluation, "misfiled_1")
    say(misfiled, evaluation, "misfiled_2", verdict="unusable")
    app = opened("evaluate", run="first")
    field = next(box for box in app.selectbox if box.label == "Verdict")
    assert heading(field.set_value("unusable").run()) == "Not usable: 1 picture"
    assert heading(field.set_value("label_wrong").run()) == "Label wrong: 1 picture"
    wrong = int((~evaluation.predictions["correct"]).sum())
    left = f"{wrong - 2} picture{'' if wrong == 3 else 's'}"
    assert heading(field.set_value("unreviewed").run()) == f"Not reviewed: {left}"


def test_the_random_sample_is_shown_in_the_order_of_the_draw(misfiled, evaluation):
    app = opened("evaluate", run="first")
    app.button(key="review_sample").click().run()
    right = int(evaluation.predictions["correct"].sum())
    assert heading(app) == f"Drawn at random, labelled as predicted: {min(right, 30)} pictures"


def test_downloads_carry_the_verdicts(misfiled, evaluation):
    assert "verdict" not in predictions_file(evaluation).splitlines()[0]
    say(misfiled, evaluation, "misfiled_1")
    assert predictions_file(evaluation).splitlines()[0].endswith("verdict,right_label,comment")
    assert ",label_wrong,rose," in predictions_file(evaluation)
    assert json.loads(metrics_file(evaluation))["review"]["became_right"] == 1


def test_a_run_that_was_deleted_has_no_review(misfiled, evaluation):
    shutil.rmtree(misfiled.run.folder)
    assert "verdict" not in predictions_file(evaluation).splitlines()[0]
