"""The section Groups and costs of the evaluate page: the form, what it saves, and the figures."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.evaluation.label_groups.recall import set_label_groups
from poetcore.ui.label_groups.form import RECALL, SEVERAL, THRESHOLD
from poetcore.workspace.label_groups import Cost, LabelGroups
from tests.conftest import Trained
from tests.ui.pages import opened, texts_of

GARDEN = {"garden": ("rose", "tulip")}


def section(own: Trained) -> AppTest:
    app = opened("evaluate", view="Groups and costs")
    assert not app.exception
    return app


def field(app: AppTest, kind: str, name: str, number: int = 0):
    """A field of the form, by its title or what its key says."""
    return [one for one in getattr(app, kind) if f"_{name}_" in str(one.key)][number]


def save(app: AppTest) -> AppTest:
    return app.button(key="save_label_groups").click().run()


def test_without_groups_it_is_said_what_they_are_for(own):
    app = section(own)
    assert "poisonous" in texts_of(app) and "fire" in texts_of(app)


def test_a_group_and_a_cost_are_saved_with_the_run(own):
    app = section(own)
    field(app, "text_input", "name").set_value("garden")
    field(app, "multiselect", "labels").set_value(["rose", "tulip"]).run()
    field(app, "selectbox", "rule").set_value(RECALL).run()
    field(app, "number_input", "recall").set_value(80.0).run()
    app.button(key="add_cost").click().run()
    field(app, "selectbox", "true").set_value("garden").run()
    field(app, "selectbox", "predicted").set_value("daisy").run()
    field(app, "number_input", "cost").set_value(20.0).run()
    app = save(app)
    kept = own.run.label_groups()
    assert (kept.groups, kept.recalls) == (GARDEN, {"garden": 0.8})
    assert kept.costs == (Cost("garden", "daisy", 20.0),)
    assert "garden" in [one.value for one in app.header]
    assert {"Recall", "False alarms", "Least expected cost"} <= {one.label for one in app.metric}


def test_rows_are_added_and_removed(own):
    set_label_groups(own.run, LabelGroups(GARDEN | {"sun": ("sunflower",)}, {"sun": 0.3}))
    app = section(own)
    assert field(app, "selectbox", "rule", 1).value == THRESHOLD
    app.button(key="add_group").click().run()
    assert len([one for one in app.text_input if "_name_" in one.key]) == 3
    field(app, "button", "remove_group", 0).click().run()
    save(app)
    assert own.run.label_groups() == LabelGroups({"sun": ("sunflower",)}, {"sun": 0.3})


def test_a_group_that_is_called_otherwise_loses_no_cost_of_labels(own):
    costs = (Cost("garden", "daisy", 5.0), Cost("rose", "tulip", 0.0))
    set_label_groups(own.run, LabelGroups(GARDEN, costs=costs))
    app = section(own)
    field(app, "text_input", "name").set_value("flower bed").run()
    save(app)
    kept = own.run.label_groups()
    assert (list(kept.groups), kept.costs) == (["flower bed"], (Cost("rose", "tulip", 0.0),))


def test_what_cannot_be_is_told_and_the_form_stays(own):
    app = section(own)
    field(app, "text_input", "name").set_value("rose")
    field(app, "multiselect", "labels").set_value(["rose", "tulip"]).run()
    app = save(app)
    assert "A group needs another name than a label has" in app.error[0].value
    assert field(app, "multiselect", "labels").value == ["rose", "tulip"]
    assert not own.run.label_groups_file.exists()


def test_two_groups_of_one_name_are_not_made_one(own):
    set_label_groups(own.run, LabelGroups(GARDEN | {"sun": ("sunflower",)}))
    app = section(own)
    field(app, "text_input", "name", 1).set_value("garden").run()
    assert "same name" in save(app).error[0].value


def test_all_are_removed_again(own):
    set_label_groups(own.run, LabelGroups(GARDEN))
    app = section(own)
    field(app, "button", "remove_group").click().run()
    save(app)
    assert not own.run.label_groups_file.exists()


@pytest.mark.slow
def test_those_of_another_run_are_one_click_away(own):
    other = own.workspace.root / "runs" / "other"
    shutil.copytree(own.run.folder, other)
    set_label_groups(own.workspace.run("other"), LabelGroups(GARDEN, recalls={"garden": 0.8}))
    app = opened("evaluate", run="first", view="Groups and costs")
    app.button(key="take_label_groups").click().run()
    assert field(app, "text_input", "name").value == "garden"
    assert not own.run.label_groups_file.exists()
    save(app)
    assert own.run.label_groups().recalls == {"garden": 0.8}


def test_damaged_groups_are_told_and_can_be_set_again(own):
    own.run.label_groups_file.write_text("{")
    app = opened("evaluate", view="Groups and costs")
    assert "set the groups of this run again" in app.error[0].value
    field(app, "text_input", "name").set_value("garden")
    field(app, "multiselect", "labels").set_value(["rose"]).run()
    save(app)
    assert own.run.label_groups().groups == {"garden": ("rose",)}


def test_a_label_that_looks_like_markdown_is_shown_as_it_is(own):
    set_label_groups(own.run, LabelGroups({"*20$*": ("rose", "tulip")}))
    assert r"\*20\$\*" in [one.value for one in section(own).header]


def test_several_labels_a_picture_have_groups_without_recall_and_costs(pairs_trained, monkeypatch, tmp_path):
    place = shutil.copytree(pairs_trained.workspace.root, tmp_path / "tf_files")
    monkeypatch.setenv("TFP_WORKSPACE", str(place))
    app = opened("evaluate", run="pairs", view="Groups", demo=str(pairs_trained.sample / "demo"))
    assert not app.exception and "Costs of mistakes are not offered" in texts_of(app)
    assert field(app, "selectbox", "rule").options == [SEVERAL, THRESHOLD]
    field(app, "text_input", "name").set_value("some")
    field(app, "multiselect", "labels").set_value(pairs_trained.run.labels()[:1]).run()
    app = save(app)
    assert "some" in [one.value for one in app.header] and not app.exception
