"""The evaluate page: before an evaluation, on testing pictures, and the pictures of a cell."""

import hashlib
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.curation.repair import Change, Repairs
from poetcore.data.held_out import is_held_out
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.ui.results import mistakes
from poetcore.workspace.demo_sets import make_testing_list
from tests.browser.dashboard import copy_run
from tests.conftest import PATIENCE, Trained
from tests.ui.pages import opened, texts_of


def renamed_demo(own: Trained, place: Path, label: str, name: str) -> Path:
    """A demo folder in which one label has another name."""
    demo = shutil.copytree(own.sample / "demo", place / "other")
    (demo / label).rename(demo / name)
    return demo


def title(app: AppTest) -> str:
    """The heading of the pictures."""
    return next(str(one.value) for one in app.header if ": " in one.value)


# ---------------------------------------------------------------------- before an evaluation


def test_labels_that_the_run_does_not_know_are_told_before_evaluating(own, tmp_path):
    demo = renamed_demo(own, tmp_path, "rose", "orchid")
    app = opened("evaluate", demo=str(demo))
    assert "was not trained on the label 'orchid'" in app.warning[0].value
    assert "Evaluate" not in {button.label for button in app.button}


@pytest.mark.slow
def test_a_run_that_knows_the_other_labels_is_one_click_away(own, tmp_path):
    knows = copy_run(own.run, own.workspace.root / "runs" / "knows", {"rose": "orchid"})
    labels = knows.folder / "labels.txt"
    labels.write_text(labels.read_text().replace("rose", "orchid"))
    app = opened("evaluate", run="first", demo=str(renamed_demo(own, tmp_path, "rose", "orchid")))
    app.button(key="run_that_knows").click().run()
    assert app.session_state["choice"].run.name == "knows" and not app.warning


def no_demo(folder: str) -> None:
    """Run as a page: a run without demo pictures."""
    from pathlib import Path

    from poetcore.ui.results.before import draw_no_demo
    from poetcore.workspace.run import Run

    draw_no_demo(Run(Path(folder)))


def test_without_demo_pictures_the_testing_pictures_are_one_click_away(own):
    own.run.testing_file.unlink(missing_ok=True)  # as in runs of earlier versions
    asked = {"folder": str(own.run.folder)}
    app = AppTest.from_function(no_demo, default_timeout=PATIENCE, kwargs=asked).run()
    app.button(key="use_testing").click().run()
    assert app.session_state["next_demo"] == str(own.run.testing_file)
    assert is_held_out(own.run.testing_file)


# ---------------------------------------------------------------------- testing pictures as a demo folder


@pytest.fixture
def tested(own: Trained) -> AppTest:
    """The page of a run that was evaluated on its testing pictures."""
    evaluate(own.run, make_testing_list(own.run), own.workspace)
    return opened("evaluate", demo=str(own.run.testing_file))


@pytest.mark.slow
def test_testing_pictures_are_said_to_be_some(tested):
    assert not tested.exception
    assert "Pictures of the dataset that this run neither trained on" in texts_of(tested)


@pytest.mark.slow
def test_repairs_of_testing_pictures_are_those_of_the_folder_they_lie_in(own):
    home = own.sample / "train"
    path = sorted((home / "rose").iterdir())[0]
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    Repairs(home).propose([Change(path, "quarantine", sha, "blurred")])
    evaluate(own.run, make_testing_list(own.run), own.workspace)
    app = opened("evaluate", demo=str(own.run.testing_file))
    assert app.button(key=f"apply_{home}").label == "Apply 1 change"


# ---------------------------------------------------------------------- the pictures of a cell


def test_a_cell_that_is_chosen_is_in_the_heading_with_its_number_of_pictures(full):
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    label, key = metrics.labels[0], f"{full.run.name}_{full.sample / 'demo'}"
    app = opened("evaluate")
    app.selectbox(key=f"true_{key}").set_value(label)
    app.selectbox(key=f"said_{key}").set_value(label).run()
    assert title(app).startswith(f"{label}, predicted {label}: {metrics.confusion_matrix[0][0]} picture")


def test_of_very_many_pictures_the_first_are_shown_with_how_many_there_are(full, monkeypatch):
    monkeypatch.setattr(mistakes, "_MOST", 2)
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    key = f"{full.run.name}_{full.sample / 'demo'}"
    app = opened("evaluate")
    app.selectbox(key=f"true_{key}").set_value(metrics.labels[0])
    app.selectbox(key=f"said_{key}").set_value(metrics.labels[0]).run()
    assert f"The first 2 of {metrics.confusion_matrix[0][0]} are shown" in texts_of(app)


@pytest.mark.slow
def test_no_mistakes_are_good_news(own):
    wrong = Evaluation.load(own.run.evaluation("demo")).misclassified()
    for path in wrong["path"]:
        Path(path).unlink()
    total = evaluate(own.run, own.sample / "demo", own.workspace).metrics.total
    app = opened("evaluate")
    assert [one.value for one in app.success] == [
        f"All {total} pictures are labelled right: there is no mistake to review."
    ]


@pytest.mark.slow
def test_an_empty_cell_is_good_news_too(full):
    metrics = Evaluation.load(full.run.evaluation("demo")).metrics
    i, j = next(
        (i, j)
        for i, row in enumerate(metrics.confusion_matrix)
        for j, n in enumerate(row)
        if i != j and not n and sum(row)
    )
    app, key = opened("evaluate"), f"{full.run.name}_{full.sample / 'demo'}"
    app.selectbox(key=f"true_{key}").set_value(metrics.labels[i])
    app.selectbox(key=f"said_{key}").set_value(metrics.labels[j]).run()
    assert app.success[0].value.startswith(f"No picture of {metrics.labels[i]} was predicted")


# ---------------------------------------------------------------------- charts in words


def test_every_chart_has_a_text_alternative_and_a_table(full):
    app = opened("evaluate", view="Confidence")
    told = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert [words.split(":")[0].split(" against")[0] for words in told] == [
        "Reliability diagram",
        "Accuracy and coverage",
        "Precision and recall of daisy",
        "Precision of daisy",
    ]
    assert "Above 50 % the model answers for " in told[1]
    assert [table.value.columns[0] for table in app.table][:2] == ["confidence", "confidence threshold"]


def test_every_section_can_be_opened_by_its_address(full):
    for section in ("Where it fails", "Groups and costs", "Mistakes"):
        app = opened("evaluate", view=section)
        assert not app.exception and app.get("button_group")[0].value == section
