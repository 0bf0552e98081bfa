"""The chosen dataset, demo folder and run: where they come from, and that they stay."""

import pytest

from poetcore.ui.text import plain
from tests.browser.dashboard import copy_of, copy_run
from tests.conftest import fill
from tests.ui.pages import opened

pytestmark = pytest.mark.slow


def test_the_only_dataset_demo_folder_and_run_are_chosen_by_themselves(full):
    picked = [box.value for box in opened("home").sidebar.selectbox]
    assert picked == [str(full.sample / "train"), str(full.sample / "demo"), full.run.name]


def test_the_choice_is_in_the_address(full):
    assert opened("home").query_params["run"] == full.run.name


def test_a_run_in_the_address_is_chosen(full):
    app = opened("train", run=full.run.name)
    assert app.sidebar.selectbox(key="pick_run").value == full.run.name


def test_an_unknown_run_in_the_address_is_reported_in_a_sentence(full):
    app = opened("home", run="nobody")
    assert [w.value for w in app.sidebar.warning] == ["Run not found: nobody"] and not app.exception


def test_a_dataset_in_the_address_that_is_no_folder_is_reported_in_a_sentence(full):
    app = opened("home", dataset="/no/such/folder")
    assert [w.value for w in app.sidebar.warning] == ["Dataset not found: /no/such/folder"]


def test_a_folder_in_the_address_becomes_the_dataset(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    assert opened("home", dataset=str(folder)).sidebar.selectbox(key="pick_dataset").value == str(folder)


def test_a_chosen_dataset_stays_chosen_on_the_next_page(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("home", dataset=str(folder))
    app.switch_page("overview.py").run()
    assert app.metric[0].value == "4"


def test_two_datasets_whose_paths_end_alike_can_be_told_apart(empty, tmp_path):
    first = fill(tmp_path / "home" / "set" / "train", {"ant": 2, "bee": 2})
    second = fill(empty.datasets / "set" / "train", {"ant": 2, "bee": 2})
    app = opened("home", dataset=str(first))
    box = app.sidebar.selectbox(key="pick_dataset")
    assert box.options == ["home/set/train", "datasets/set/train"]
    assert box.select("datasets/set/train").run().query_params["dataset"] == str(second)


def test_two_sources_whose_paths_end_alike_can_be_told_apart(empty, tmp_path):
    first = fill(tmp_path / "home" / "set" / "train", {"ant": 2, "bee": 2})
    fill(empty.datasets / "set" / "train", {"ant": 2, "bee": 2})
    app = opened("prepare", dataset=str(first))
    (source,) = (box for box in app.main.selectbox if box.label == "Pictures to choose from")
    assert source.options == ["home/set/train", "datasets/set/train"] and source.value == str(first)


def test_a_run_that_ended_on_another_page_is_announced(trained, tmp_path, monkeypatch):
    own = copy_of(trained, tmp_path)
    monkeypatch.setenv("TFP_WORKSPACE", str(own.workspace.root))
    app = opened("home")
    assert not app.toast
    copy_run(own.run, own.workspace.runs / "second")
    assert [toast.value for toast in app.run().toast] == ["The run second is ready: choose it under *Run*."]


def test_a_name_that_is_markdown_is_shown_as_it_is(full):
    name = "![x](http://evil.example/x.png)"
    app = opened("home", run=name)
    assert app.sidebar.warning[0].value == f"Run not found: {plain(name)}"
