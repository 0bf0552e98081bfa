"""The page Tune: a plan without a field to fill in, what was chosen with its doubt, going on after a stop."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from poetcore.errors import OptionError
from poetcore.training.tuning.jobs import Tunings
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.study import Study
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill
from tests.ui.pages import links, opened, texts_of, training_page
from tests.ui.tunings import made_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "garden", {"ant": 12, "bee": 12})


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[TuneOptions]:
    """The plans of tunings that the page starts; none of them runs."""
    plans: list[TuneOptions] = []

    def start(_: Tunings, options: TuneOptions) -> None:
        plans.append(options)
        raise OptionError("Not in a test.")

    monkeypatch.setattr(Tunings, "start", start)
    return plans


def planning(folder: Path) -> AppTest:
    return opened("tune", dataset=str(folder), view="New tuning")


def result(place: Workspace, folder: Path, **how: object) -> tuple[Study, AppTest]:
    """Make a tuning by hand and open it."""
    study = made_study(place, folder, **how)  # type: ignore[arg-type]
    return study, opened("tune", dataset=str(folder), view="Result", tuning=study.name)


# ------------------------------------------------------------------------------------------------- the plan


def test_without_pictures_the_page_offers_to_bring_some(empty):
    assert opened("tune").button(key="bring_to_tune").label == "Bring pictures"


def test_a_plan_has_defaults_and_says_how_many_trials_it_is_and_how_long_they_take(empty, folder):
    assert "**17 trials, about " in texts_of(planning(folder))


def test_features_that_have_to_be_extracted_first_are_told(empty, folder):
    big = fill(folder, {"ant": 200, "bee": 200})
    assert "features that are not cached yet are extracted" in texts_of(planning(big))


def test_what_is_chosen_is_tried(empty, folder, planned):
    app = planning(folder)
    app.multiselect(key="tune_learning_rate").set_value(["0.1"])
    app.multiselect(key="tune_flip_left_right").set_value(["off", "on"]).run()
    app.button(key="start_tuning").click().run()
    assert (planned[0].values()["learning_rate"], planned[0].values()["flip_left_right"]) == (
        (0.1,), (False, True),
    )  # fmt: skip


def test_a_grid_of_any_size_is_tried_whole(empty, folder, planned):
    app = planning(folder)
    app.multiselect(key="tune_train_batch_size").set_value(["50", "100", "200", "400"])
    app.multiselect(key="tune_weight_decay").set_value(["0", "0.001"]).run()
    app.button(key="start_tuning").click().run()
    assert planned[0].trials == 129


def test_a_random_draw_has_as_many_trials_as_are_asked_for(empty, folder, planned):
    app = planning(folder)
    app.segmented_control(key="tune_method").set_value("random").run()
    app.number_input(key="tune_trials").set_value(7).run()
    app.button(key="start_tuning").click().run()
    assert (planned[0].method, planned[0].trials) == ("random", 7)


def test_a_draw_has_no_more_trials_than_there_are_combinations(empty, folder):
    app = planning(folder)
    app.segmented_control(key="tune_method").set_value("random").run()
    assert "**17 trials, about " in texts_of(app)


def test_what_the_folds_keep_together_can_be_chosen(empty, folder, planned):
    app = planning(folder)
    app.selectbox(key="tune_group_by").set_value("folder").run()
    app.button(key="start_tuning").click().run()
    assert planned[0].group_by == "folder"


def test_an_empty_list_is_explained(empty, folder):
    app = planning(folder)
    app.multiselect(key="tune_learning_rate").set_value([]).run()
    assert "learning\\_rate is an empty list" in app.warning[0].value


def test_pictures_that_cannot_be_trained_on_keep_the_button_off(empty, tmp_path):
    assert planning(fill(tmp_path / "one", {"ant": 12})).button(key="start_tuning").disabled


def test_the_training_page_leads_to_a_plan(empty, folder):
    assert "tune" in links(training_page("New training", dataset=str(folder)))


# ----------------------------------------------------------------------------------------------- the result


def test_before_the_first_tuning_the_result_leads_to_a_plan(empty, folder):
    app = opened("tune", dataset=str(folder), view="Result")
    assert "plan one under *New tuning*" in app.info[0].value


def test_the_best_and_the_simplest_as_good_stand_with_what_to_expect_of_them(empty, folder):
    _, app = result(empty, folder)
    assert [(one.label, one.value) for one in app.metric] == [
        ("Accuracy to expect", "89.4 %"), ("Accuracy to expect", "90.2 %"),
    ]  # fmt: skip


def test_the_doubt_of_the_choice_is_told_in_words(empty, folder):
    study, app = result(empty, folder)
    choice = study.choice()
    as_good = int(choice.comparisons["as_good"].sum()) if choice else 0
    assert f"{as_good} of 24 trials are as good as the best, as far as 1,000 pictures can tell" in texts_of(
        app
    )
    assert "corrected for 24 trials" in texts_of(app)
    assert "the most of 24 trials" in texts_of(app)


def test_all_trials_stand_in_a_table_the_most_accurate_first(empty, folder):
    study, app = result(empty, folder)
    choice, (table,) = study.choice(), [frame.value for frame in app.dataframe]
    assert choice and (len(table), table["trial"].iloc[0]) == (24, choice.best)
    assert {"backbone", "learning rate", "weight decay", "pictures a label"} <= set(table)


def test_a_setting_that_does_not_vary_has_no_column_and_is_told_once(empty, folder):
    _, app = result(empty, folder)
    assert "steps" not in app.dataframe[0].value and "2,000 steps" in texts_of(app)


def test_a_trial_that_diverged_stands_last_with_the_reason(empty, folder):
    _, app = result(empty, folder, diverged=5)
    last = app.dataframe[0].value.iloc[-1]
    assert (last["trial"], last["remark"]) == (5, "The training diverged.") and pd.isna(last["accuracy"])


def test_what_means_nothing_to_a_ridge_regression_is_left_empty(empty, folder):
    _, app = result(empty, folder, ended=18, head="gradient_descent,ridge")
    rows = app.dataframe[0].value.set_index("last layer")
    assert (
        rows.loc["ridge", "learning rate"].isna().all()
        and (rows.loc["ridge", "pictures a label"] != "").all()
    )


def test_four_settings_that_vary_are_drawn_as_parallel_coordinates(empty, folder):
    _, app = result(empty, folder)
    assert "Which settings matter" in texts_of(app)


def test_three_settings_that_vary_can_be_read_off_the_table(empty, folder):
    _, app = result(empty, folder, ended=12, weight_decay="0")
    assert "Which settings matter" not in texts_of(app)


def test_train_this_makes_a_run_with_the_settings_of_the_trial(empty, folder, started):
    study, app = result(empty, folder)
    app.button(key="train_trial_Best").click().run()
    choice, (config,) = study.choice(), started
    assert choice and config.training == study.config_of(choice.best).training
    assert config.architecture == study.settings()[choice.best].architecture and config.evaluate_after


def test_a_finished_tuning_is_a_tick_at_its_page(empty, folder):
    made_study(empty, folder)
    labels = [one.proto.label for one in opened("home", dataset=str(folder)).main if one.type == "page_link"]
    assert "Tune (done)" in labels


# ------------------------------------------------------------------------------------------ stopped and died


def test_a_stopped_tuning_keeps_its_trials_and_can_go_on(empty, folder, monkeypatch):
    resumed: list[str] = []
    monkeypatch.setattr(Tunings, "resume", lambda _, study: resumed.append(study.name))
    study, app = result(empty, folder, ended=9, phase="cancelled")
    assert "9 of 24 trials have ended" in texts_of(app) and len(app.dataframe[0].value) == 9
    app.button(key="resume_tuning").click().run()
    assert resumed == [study.name]


def test_a_tuning_whose_process_died_says_so_and_can_go_on(empty, folder):
    _, app = result(empty, folder, ended=3, phase="tuning")
    assert "The tuning failed." in app.error[0].value and app.button(key="resume_tuning")


def test_a_tuning_that_is_deleted_is_gone(empty, folder):
    study, app = result(empty, folder)
    app.checkbox(key=f"sure_{study.name}").check().run()
    app.button(key=f"delete_tuning_{study.name}").click().run()
    assert not study.folder.exists() and not app.exception


def test_several_tunings_can_be_chosen_the_newest_of_the_dataset_first(empty, folder, tmp_path):
    made_study(empty, folder, name="first")
    made_study(empty, folder, name="second")
    made_study(empty, fill(tmp_path / "other", {"ant": 3, "bee": 3}), name="other")
    app = opened("tune", dataset=str(folder), view="Result")
    assert app.selectbox(key="pick_tuning").value == "second"
    app.selectbox(key="pick_tuning").set_value("first").run()
    assert app.query_params["tuning"] == "first"
