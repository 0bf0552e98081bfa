"""The folder of a tuning."""

import shutil

import pytest

from poetcore.errors import OptionError, RunError
from poetcore.training.tuning.checks import check_resumable
from poetcore.training.tuning.records import FIGURES
from poetcore.training.tuning.studies import create_study, find_study, studies
from poetcore.training.tuning.study import Study
from poetcore.workspace.run_record import DAMAGED
from poetcore.workspace.workspace import Workspace


@pytest.fixture
def study(place, tmp_path):
    """A copy of the finished tuning that may be damaged."""
    return Study(shutil.copytree(place.study.folder, tmp_path / "study"))


def test_the_trials_are_a_table_of_settings_and_figures(place):
    table = place.study.trials()
    assert len(table) == 5
    assert ["number", "architecture", *FIGURES] == [
        name for name in table if name in ("number", "architecture", *FIGURES)
    ]
    assert table["accuracy"].between(table["low"], table["high"]).all()
    assert (table["multiply_adds"] > 0).all() and (table["pictures_per_second"] > 0).all()


def test_a_tuning_that_has_not_begun_has_a_table_without_rows(unstarted):
    assert unstarted.trials().empty and unstarted.choice() is None and unstarted.environment() == {}


def test_a_trial_becomes_a_run(place):
    settings = place.study.settings()
    config = place.study.config_of(3)
    assert config.image_dir == place.options.image_dir
    assert config.training.learning_rate == settings[3].learning_rate


def test_a_trial_that_there_is_not_becomes_none(place):
    with pytest.raises(OptionError, match="trials 0 to 4. Received: 5"):
        place.study.config_of(5)


def test_the_choice_is_read_as_it_was_written(place):
    choice = place.study.choice()
    place.study.write_choice(choice)
    assert place.study.choice().to_dict() == choice.to_dict()


@pytest.mark.parametrize("name", ["tuning.json", "choice.json"])
def test_a_damaged_file_is_told(name, study):
    (study.folder / name).write_text("{")
    with pytest.raises(RunError, match=name):
        study.settings()
        study.choice()


def test_a_damaged_plan_makes_the_tuning_damaged(study):
    (study.folder / "tuning.json").write_text("{}")
    assert study.current_status().phase == DAMAGED


def test_a_finished_tuning_is_resumed_only_where_its_choice_cannot_be_read(study):
    with pytest.raises(OptionError, match="is finished"):
        check_resumable(study)
    (study.folder / "choice.json").write_text("{")
    check_resumable(study)


def test_a_line_that_is_not_whole_is_no_trial(study):
    with (study.folder / "trials.jsonl").open("a") as file:
        file.write('{"number": 9\n{"number": 8, "accuracy"')
    assert sorted(study.ended()) == [0, 1, 2, 3, 4]


def test_a_trial_is_not_lost_behind_a_line_that_is_not_whole(study):
    last, predicted = study.ended()[4], study.predicted(4)
    lines = (study.folder / "trials.jsonl").read_text().splitlines(keepends=True)
    (study.folder / "trials.jsonl").write_text("".join(lines[:-1]) + lines[-1][:20])
    study.add(last, predicted)
    assert len(study.ended()) == 5


def test_a_name_is_taken_once(place, tmp_path):
    workspace = Workspace(tmp_path)
    named = type(place.options)(place.options.image_dir, name="rates")
    create_study(named, workspace)
    with pytest.raises(OptionError, match="named 'rates' is there already"):
        create_study(named, workspace)


def test_the_name_of_a_tuning_that_was_killed_before_it_began_is_free(place, tmp_path):
    workspace = Workspace(tmp_path)
    (workspace.tunings / "rates").mkdir(parents=True)
    create_study(type(place.options)(place.options.image_dir, name="rates"), workspace)
    assert [study.name for study in studies(workspace)] == ["rates"]


def test_a_name_that_cannot_be_a_folders_is_told_as_a_tunings(place, tmp_path):
    named = type(place.options)(place.options.image_dir, name="../up")
    with pytest.raises(OptionError, match="A tuning's name becomes the name of a folder"):
        create_study(named, Workspace(tmp_path))


def test_tunings_are_found_the_newest_first(place, tmp_path):
    workspace = Workspace(tmp_path)
    assert studies(workspace) == []
    first, second = (create_study(place.options, workspace) for _ in range(2))
    for study, began in ((first, 1_000), (second, 2_000)):
        study.write_status(type(study.status())("done", started=began, pid=0))
    assert [one.name for one in studies(workspace)] == [second.name, first.name]
    assert find_study("latest", workspace).name == second.name


def test_a_tuning_that_there_is_not_is_told_with_those_that_are(place):
    with pytest.raises(RunError, match=rf"'none'.*{place.study.name}"):
        find_study("none", place.workspace)
