"""The page Compare without a browser: what it chooses, evaluates, shows, and says where it cannot."""

from dataclasses import replace
from datetime import datetime

import pytest

from poetcore.curation.changes import Change
from poetcore.curation.repair import Repairs
from poetcore.evaluation.compare import compare
from poetcore.ui.text import plain
from poetcore.workspace.run import Run
from tests.browser.dashboard import copy_run
from tests.conftest import Trained, fill
from tests.ui.pages import links, opened, texts_of


@pytest.fixture
def two(two_runs: Trained, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """A workspace with two runs that were evaluated on the demo pictures of the sample."""
    monkeypatch.setenv("TFP_WORKSPACE", str(two_runs.workspace.root))
    models = [two_runs.run, two_runs.workspace.run("hasty")]
    compare(models, two_runs.sample / "demo", two_runs.workspace)
    return two_runs


def compared(two: Trained, **asked: str):
    wanted = {"demo": str(two.sample / "demo"), "a": two.run.name, "b": "hasty"} | asked
    return opened("compare", **{name: value for name, value in wanted.items() if value})


def test_accuracies_difference_and_p_are_shown(two):
    app = compared(two)
    assert not app.exception
    assert [one.label for one in app.metric] == ["Accuracy of A", "Accuracy of B", "Difference (points)", "p"]
    assert "95 % interval" in texts_of(app)


def test_only_settings_that_differ_are_listed(two):
    table = compared(two).table[0].value
    assert list(table) == ["setting", plain(two.run.title), "hasty"]
    assert list(table["setting"]) == ["steps", "seed"]


def test_the_curves_of_both_lie_over_each_other(two):
    told = [chart.proto.alt for chart in compared(two).get("vega_lite_chart")]
    assert told[-2:] == [
        f"{quantity} of both runs on training and validation pictures, by step"
        for quantity in ("accuracy", "cross entropy")
    ]


def test_of_a_fine_tuned_run_the_curves_are_said_to_be_older(two, monkeypatch):
    tuned, record = {"best": 3, "epochs": 4, "stopped": False, "pictures": 0}, Run.record
    monkeypatch.setattr(Run, "record", lambda run: replace(record(run), fine_tuning=tuned))
    assert "its last layer before the network was fine-tuned" in texts_of(compared(two))


def test_chosen_run_is_compared_with_another_by_itself(two):
    app = compared(two, a="", b="", run="hasty")
    assert app.selectbox(key="pick_compare_a").value == two.run.name
    assert app.multiselect(key="pick_compare_b").value == ["hasty"]


def test_pictures_of_a_chosen_cell_are_shown(two):
    app = compared(two)
    app.session_state[f"compare_cell_{two.run.name}_hasty_{two.sample / 'demo'}"] = ("rose", "rose")
    app.run()
    assert any("rose, predicted rose:" in one.value for one in app.header)


def test_of_several_models_one_is_shown_in_detail(two):
    app = compared(two)
    app.multiselect(key="pick_compare_b").set_value(["hasty", two.run.name]).run()
    assert app.selectbox(key="compare_detail").options == ["hasty", two.run.title]
    assert "p is corrected for 2 comparisons (Holm's method); below, one comparison" in texts_of(app)


def test_what_was_not_evaluated_yet_is_on_a_click(two, tmp_path):
    demo = fill(tmp_path / "other", {"rose": 2, "tulip": 2})
    app = compared(two, demo=str(demo))
    assert not app.metric
    next(one for one in app.button if one.label == "Evaluate and compare").click().run()
    assert app.metric and not app.exception


def test_where_most_pictures_were_seen_no_figure_stands(two):
    compare([two.run, two.workspace.run("hasty")], two.sample / "train", two.workspace)
    app = compared(two, demo=str(two.sample / "train"))
    assert not app.metric and "so there is no difference to tell" in texts_of(app)
    assert "those seen in training included" in texts_of(app)


def test_path_that_is_no_model_is_explained(two, tmp_path):
    (tmp_path / "photo.jpg").touch()
    app = compared(two, b=str(tmp_path / "photo.jpg"))
    assert not app.exception and "is no model that can be run here" in texts_of(app)


def test_run_that_is_gone_is_explained(two):
    app = compared(two, b="gone")
    assert not app.exception and "No run named" in texts_of(app)


def test_runs_of_several_labels_a_picture_show_their_settings(pairs_trained, monkeypatch):
    monkeypatch.setenv("TFP_WORKSPACE", str(pairs_trained.workspace.root))
    name = pairs_trained.run.name
    app = opened("compare", a=name, b=name)
    assert "where a picture may have several labels" in texts_of(app)
    assert "Settings that differ" in {one.value for one in app.header}


def test_without_a_run_it_leads_to_the_training(empty):
    assert "train" in links(opened("compare"))


def test_repairs_lead_to_the_runs_before_and_after_them(own):
    folder = own.sample / "train"
    picture = next((folder / "rose").iterdir())
    Repairs(folder).propose([Change(picture, "quarantine", "", "blurred")])
    Repairs(folder).apply()
    after = copy_run(own.run, own.run.folder.with_name("second"))
    after.write_record(replace(after.record(), created=datetime.now().astimezone().isoformat()))
    app = opened("overview", dataset=str(folder), view="Health")
    (link,) = [one.proto for one in app.main if one.type == "page_link" and one.proto.page == "compare"]
    assert link.query_string == "a=first&b=second"
