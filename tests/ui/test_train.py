"""The training page: its views, on what is evaluated, curves that are replayed, exports, the list of runs."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.export.formats import FORMATS
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import keep_aside, kept_aside, make_testing_list
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from tests.browser.dashboard import copy_run
from tests.conftest import PATIENCE, Trained, fill
from tests.export.test_made import make_export
from tests.ui.pages import links, opened, runs_of, texts_of, training_page


@pytest.fixture
def second(own: Trained) -> Run:
    """Another run, of 50 steps, with a title of its own."""
    run = copy_run(own.run, own.workspace.runs / "second")
    record = run.record()
    run.write_record(replace(record, options=record.options | {"how_many_training_steps": 50}))
    run.rename_title("fifty steps")
    return run


def selecting(*names: str, **asked: str) -> AppTest:
    """Open the list of runs with some of them selected; without a browser no row can be clicked."""
    app = opened("home", view="All runs", **asked)
    app.session_state["selected_finished"] = list(names)
    return app.switch_page("train.py").run()


def start(app):
    app.button(key="train_and_evaluate").click().run()


# ------------------------------------------------------------------------------------------------- views


def test_with_a_run_the_page_begins_with_it_its_result_and_the_ways_from_there(full):
    app = opened("train")
    assert app.header[0].value == plain(full.run.title)
    assert app.metric[0].label.startswith("Accuracy on ")
    assert links(app)[:3] == ["evaluate", "slideshow", "slideshow"]


def test_without_a_run_the_page_begins_with_a_new_training(empty, tmp_path):
    app = opened("train", dataset=str(fill(tmp_path / "garden", {"ant": 4, "bee": 4})))
    assert not app.button(key="train_and_evaluate").disabled


def test_without_pictures_the_page_offers_to_bring_some(empty):
    assert opened("train").button(key="bring_to_train").label == "Bring pictures"


def test_a_run_of_another_dataset_says_whose_it_is(full, tmp_path):
    other = fill(tmp_path / "garden", {"ant": 4, "bee": 4})
    app = training_page("This run", dataset=str(other), run=full.run.name)
    assert "This run was trained on **sample/train**" in app.info[0].value
    assert "not on" in app.info[0].value and "garden" in app.info[0].value


# ----------------------------------------------------------------------------------- what it is evaluated on


def test_a_demo_folder_is_evaluated_on_without_a_question(full, started):
    app = training_page("New training")
    start(app)
    assert (started[0].demo_dir, started[0].evaluate_after) == (full.sample / "demo", True)


def test_without_a_demo_folder_the_testing_pictures_are_evaluated_on(empty, tmp_path, started):
    start(opened("train", dataset=str(fill(tmp_path / "garden", {"ant": 4, "bee": 4}))))
    assert (started[0].demo_dir, started[0].keep_aside, started[0].evaluate_after) == (None, "", True)


@pytest.mark.parametrize(
    ("offer", "option"), [("Keep 20 % aside", "20%"), ("Keep 50 of each label aside", "50")]
)
def test_pictures_may_be_kept_aside(empty, tmp_path, started, offer, option):
    folder = fill(tmp_path / "garden", {"ant": 4, "bee": 4})
    app = opened("train", dataset=str(folder))
    app.segmented_control(key=f"evaluate_on_{folder}").set_value(offer).run()
    start(app)
    assert started[0].keep_aside == option


def test_what_is_kept_aside_is_evaluated_on_and_can_be_given_back(empty, tmp_path, started):
    from poetcore.data.dataset import scan

    folder = fill(tmp_path / "garden", {"ant": 10, "bee": 10})
    with empty.file_index() as index:
        place = keep_aside(scan(folder, index), empty, "20%")
    app = opened("train", dataset=str(folder))
    start(app)
    assert started[0].demo_dir == place
    app.button(key="release").click().run()
    assert kept_aside(folder, empty) is None


def test_what_was_given_back_is_not_kept_aside_again_by_the_next_training(empty, tmp_path, started):
    from poetcore.data.dataset import scan

    folder = fill(tmp_path / "garden", {"ant": 10, "bee": 10})
    app = opened("train", dataset=str(folder))
    app.segmented_control(key=f"evaluate_on_{folder}").set_value("Keep 20 % aside").run()
    with empty.file_index() as index:
        keep_aside(scan(folder, index), empty, "20%")  # as that training does
    app.run().button(key="release").click().run()
    start(app)
    assert started[0].keep_aside == ""


def test_the_testing_pictures_of_another_run_are_no_demo_folder(own, started):
    demo = make_testing_list(own.run)
    start(training_page("New training", demo=str(demo)))
    assert started[0].demo_dir is None


def test_a_demo_folder_with_other_labels_is_told_and_not_evaluated_on(full, tmp_path, started):
    other = fill(tmp_path / "mushrooms", {"morel": 2, "truffle": 2})
    app = training_page("New training", demo=str(other))
    assert "labels that this dataset has not: morel, truffle" in texts_of(app)
    start(app)
    assert started[0].demo_dir is None


# ------------------------------------------------------------------------------------------- curves, exports


def test_a_replay_draws_the_curves_from_their_beginning(full):
    app = training_page("This run")
    key = f"curves_drawn_{full.run.name}"
    assert key not in app.session_state
    app.button(key="replay_curves").click().run()
    last = full.run.record().options["how_many_training_steps"]
    assert 0 < app.session_state[key] < last / 10 and app.button(key="replay_curves").disabled


def live_page(folder: str) -> None:
    from pathlib import Path

    from poetcore.ui.model.curves import draw_live_curves
    from poetcore.workspace.run import Run

    draw_live_curves(Run(Path(folder)), 300)


def test_live_curves_of_a_training_that_is_over_at_once_grow_by_a_sixth_a_look(full):
    app = AppTest.from_function(live_page, args=(str(full.run.folder),), default_timeout=PATIENCE).run()
    key = f"curves_drawn_{full.run.name}"
    assert app.session_state[key] == 50
    app.run()
    assert app.session_state[key] == 100


def test_an_export_that_is_there_is_offered_for_download(own):
    make_export(own.run, FORMATS["tflite"])
    app = training_page("This run")
    labels = [button.label for button in app.get("download_button")]
    assert [label.split(" (")[0] for label in labels] == [
        "Download with labels and note",
        "model.tflite alone",
    ]


def test_an_export_that_is_a_folder_is_one_zip_file(own):
    make_export(own.run, FORMATS["saved_model"])
    app = training_page("This run")
    app.selectbox(key="export_format").set_value("saved_model").run()
    assert [button.label.split(" (")[0] for button in app.get("download_button")] == [
        "Download with labels and note"
    ]


def test_an_export_with_labels_and_note_inside_is_that_one_file(own):
    make_export(own.run, FORMATS["bundle"])
    app = training_page("This run")
    app.selectbox(key="export_format").set_value("bundle").run()
    labels = [button.label.split(" (")[0] for button in app.get("download_button")]
    assert labels == ["Download bundle.zip"]


def test_another_input_range_is_exported_anew(own, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("poetcore.ui.model.exports.run_module", lambda _, options: asked.extend(options))
    make_export(own.run, FORMATS["tflite"])
    app = training_page("This run")
    app.segmented_control(key="export_input_range").set_value("-1..1").run()
    assert not app.get("download_button")
    app.button(key="export_now").click().run()
    assert "--input_range=-1..1" in asked


def test_a_web_page_is_exported_with_the_samples_and_the_terms_that_were_chosen(own, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("poetcore.ui.model.exports.run_module", lambda _, options: asked.extend(options))
    app = training_page("This run")
    app.selectbox(key="export_format").set_value("web").run()
    app.number_input(key="export_samples").set_value(0).run()
    app.text_input(key=f"export_licence_{own.run.name}").set_value(" CC BY 4.0 ").run()
    app.button(key="export_now").click().run()
    assert {one for one in asked if "samples" in one or "licence" in one or "author" in one} == {
        "--samples=0",
        "--licence=CC BY 4.0",
    }


def test_a_format_whose_package_is_missing_says_so_instead_of_a_button(own, monkeypatch):
    monkeypatch.setitem(FORMATS, "openvino", replace(FORMATS["openvino"], packages=("no_such_package",)))
    app = training_page("This run")
    app.selectbox(key="export_format").set_value("openvino").run()
    assert "needs the package no\\_such\\_package" in app.error[0].value
    assert "export_now" not in {button.key for button in app.button}


# ------------------------------------------------------------------------------------------ the list of runs


def test_the_list_has_the_columns_in_which_runs_differ(own, second):
    table = runs_of(training_page("All runs"))
    assert set(table["run"]) == {"first", "fifty steps"}
    assert {"steps", "accuracy"} <= set(table) and not {"backbone", "dataset", "seed", "labels"} & set(table)


def test_what_all_runs_have_alike_is_told_once(own, second):
    assert plain("backbone efficientnet_lite0") in texts_of(training_page("All runs"))


def test_the_list_can_be_searched(own, second):
    app = training_page("All runs")
    app.text_input(key="search_runs").set_value("FIFTY").run()
    assert list(runs_of(app)["run"]) == ["fifty steps"]


def test_a_search_without_a_hit_says_so(own, second):
    app = training_page("All runs")
    app.text_input(key="search_runs").set_value("mushrooms").run()
    assert "No run has all of these words." in texts_of(app)


def test_two_selected_runs_are_compared_the_older_one_as_a(own, second):
    app = selecting("first", "second")
    app.button(key="compare_runs").click().run()
    assert not app.exception and app.title[0].value == "Compare"
    assert app.selectbox(key="pick_compare_a").value == "first"
    assert app.multiselect(key="pick_compare_b").value == ["second"]


def test_a_selection_outlives_a_search_that_still_shows_it(own, second):
    app = selecting("second")
    app.text_input(key="search_runs").set_value("fifty").run()
    assert app.button(key="use_run")


def test_using_a_run_chooses_and_shows_it(own, second):
    app = selecting("second", run="first")
    app.button(key="use_run").click().run()
    assert app.header[0].value == "fifty steps"


def test_a_failed_run_stands_apart_with_its_whole_reason(own):
    own.workspace.create_run("broke").write_status(Status("failed", message="It broke. For a reason."))
    app = training_page("All runs")
    assert "broke" not in set(runs_of(app)["run"])
    apart = next(frame.value for frame in app.dataframe if "reason" in frame.value)
    assert list(apart[["run", "state", "reason"]].iloc[0]) == ["broke", "failed", "It broke. For a reason."]
