"""Pages with a run of several labels a picture."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.slides import Filter, deck
from poetcore.system.figures import score
from poetcore.ui.results.compare_runs import compared
from poetcore.ui.use.predictions import prediction_card
from poetcore.workspace.not_offered import NOT_OFFERED
from tests.conftest import PATIENCE, Trained
from tests.ui.pages import PAGES, opened, runs_table, texts_of


@pytest.fixture
def chosen(pairs_trained: Trained, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What stands in the address where the run of pairs is chosen, in its workspace."""
    monkeypatch.setenv("TFP_WORKSPACE", str(pairs_trained.workspace.root))
    folder = pairs_trained.sample
    return {"run": "pairs", "dataset": str(folder / "train"), "demo": str(folder / "demo")}


@pytest.fixture
def evaluation(pairs_trained) -> Evaluation:
    return Evaluation.load(pairs_trained.run.evaluation("demo"))


def tables(app: AppTest) -> list[pd.DataFrame]:
    return [frame.value for frame in app.dataframe]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens(chosen, page):
    app = opened(page, **chosen)
    assert not app.exception and not app.error


def test_tuning_is_not_offered_and_says_so(chosen):
    assert NOT_OFFERED["tune"] in texts_of(opened("tune", **chosen))


def test_the_evaluation_shows_metrics_and_threshold_of_each_label(chosen, evaluation):
    table = next(one for one in tables(opened("evaluate", **chosen)) if "threshold" in one)
    wanted = [one["threshold"] for one in evaluation.metrics.per_label.values()]
    assert table["threshold"].tolist() == wanted and {"precision", "recall", "F1", "support"} <= set(table)


def test_the_evaluation_shows_which_labels_occur_together(chosen, evaluation):
    app = opened("evaluate", **chosen)
    labels = evaluation.metrics.labels
    table = next(one for one in tables(app) if set(labels) <= set(one.columns))
    together = evaluation.metrics.multi_label
    cell = f"{together['cooccurrence'][0][1]} ({together['predicted_cooccurrence'][0][1]})"
    assert table[labels[1]].iloc[0] == cell


def test_the_evaluation_has_no_confusion_matrix(chosen):
    assert "Confusion" not in texts_of(opened("evaluate", **chosen))


def test_wrong_pictures_are_counted(chosen, evaluation):
    assert f"Pictures with a wrong label: {len(evaluation.misclassified())}" in texts_of(
        opened("evaluate", **chosen)
    )


def test_where_it_fails_is_told_of_pictures_with_a_wrong_label(chosen):
    app = opened("evaluate", view="Where it fails", **chosen)
    assert "Misclassified pictures in “" in texts_of(app) and not app.exception


def test_the_run_shows_its_cross_validated_figures(chosen, pairs_trained):
    app = opened("train", view="This run", **chosen)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Macro F1"] == score(pairs_trained.run.record().multi_label["macro_f1"])
    assert "Test accuracy" not in shown


def test_the_switch_of_the_training_takes_the_place_of_its_subset(chosen):
    app = opened("train", view="New training", **chosen)
    switch = next(one for one in app.toggle if one.label == "A picture may have several labels")
    app = switch.set_value(True).run()
    assert "Labels" not in {one.label for one in app.multiselect}
    assert "several labels a picture" in texts_of(app)


def test_the_switch_says_that_pictures_under_two_labels_are_no_conflict(chosen):
    app = opened("overview", view="Health", **chosen | {"run": ""})
    switch = next(one for one in app.toggle if one.label == "A picture may have several labels")
    assert "Conflicting labels" in {one.value for one in app.header}
    assert "Conflicting labels" not in {one.value for one in switch.set_value(True).run().header}


def test_the_switch_is_on_where_the_chosen_run_was_trained_so(chosen):
    app = opened("overview", view="Health", **chosen)
    assert next(one for one in app.toggle if one.label == "A picture may have several labels").value
    assert "Conflicting labels" not in {one.value for one in app.header}


def test_a_slide_names_every_label(evaluation):
    both = next(s for s in deck(evaluation.predictions, multi_label=True) if " and " in s.label)
    row = evaluation.predictions.set_index("path").loc[both.path]
    assert both.label == row["label"].replace("|", " and ")


def test_slides_of_a_label_are_those_that_have_it(evaluation):
    slides = deck(evaluation.predictions, Filter(label="daisy"), multi_label=True)
    assert len(slides) == evaluation.metrics.per_label["daisy"]["support"]


@pytest.mark.parametrize(
    ("thresholds", "heading"), [((0.5, 0.3, 0.5), "fire and smoke"), ((0.99, 0.9, 0.9), "none")]
)
def test_a_prediction_is_the_labels_over_their_thresholds(thresholds, heading):
    shares = np.array((0.95, 0.4, 0.1), np.float32)
    labels = ("fire", "smoke", "car")
    one = Prediction(Path("a.jpg"), labels, shares, thresholds=np.array(thresholds))
    assert prediction_card(one, "5" * 64).title == heading


def test_the_table_of_runs_has_the_cross_validated_macro_f1(chosen, pairs_trained):
    row = runs_table(opened("train", view="All runs", **chosen))
    assert row["macro F1"] == score(pairs_trained.run.record().multi_label["macro_f1"])


def test_a_comparison_says_yes_for_a_switch():
    table = compared({"several labels a picture": True}, {}, ("a", "b"))
    assert table.loc["several labels a picture"].tolist() == ["yes", "–"]


def comparison_with(second: Trained, pairs_trained: Trained) -> AppTest:
    def page(one: str, other: str) -> None:
        from pathlib import Path

        from poetcore.ui.results.compare_runs import draw_runs_compared
        from poetcore.workspace.run import Run

        draw_runs_compared(Run(Path(one)), Run(Path(other)))

    runs = {"one": str(pairs_trained.run.folder), "other": str(second.run.folder)}
    return AppTest.from_function(page, default_timeout=PATIENCE, kwargs=runs).run()


def test_curves_of_one_and_of_several_labels_do_not_stand_over_each_other(chosen, trained, pairs_trained):
    app = comparison_with(trained, pairs_trained)
    assert not app.exception and "Their curves" not in {one.value for one in app.header}
    assert "of each label by itself" in texts_of(app)


def test_curves_of_two_runs_of_several_labels_stand_over_each_other(chosen, pairs_trained):
    app = comparison_with(pairs_trained, pairs_trained)
    assert not app.exception and "Their curves" in {one.value for one in app.header}
