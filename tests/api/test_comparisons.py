"""Comparing from Python: what is given, and what comes back."""

import shutil

import pytest

import poetcore as poet


@pytest.fixture
def hasty(here, two_runs):
    """A second run in the user's workspace."""
    target = here / "tf_files" / "runs" / "hasty"
    if not target.exists():
        shutil.copytree(two_runs.workspace.run("hasty").folder, target)
    return poet.load_run("hasty")


def test_runs_are_given_as_they_are_or_by_name(hasty):
    found = poet.compare("first", hasty, "sample/demo")
    assert found.difference == pytest.approx(
        hasty.evaluate("sample/demo").accuracy - poet.load_run("first").evaluate("sample/demo").accuracy
    )


def test_settings_that_differ_are_a_table(hasty):
    settings = poet.compare("first", hasty, "sample/demo").settings
    assert settings.loc["how_many_training_steps"].tolist() == [300, 1]
    assert set(settings.index) == {"image_dir", "how_many_training_steps", "seed"}


def test_data_are_those_of_the_command_line(hasty):
    found = poet.compare("first", hasty, "sample/demo").to_dict()
    assert {"a", "b", "difference", "interval", "p_value", "fixed", "broken"} <= set(found)


def test_without_demo_pictures_the_newest_evaluations_count(hasty):
    for run in (poet.load_run("first"), hasty):
        run.evaluate("sample/demo")
    assert len(poet.compare("first", hasty).comparison.pictures) == 20


def test_a_notebook_shows_the_difference_and_the_labels(hasty):
    shown = poet.compare("first", hasty, "sample/demo")._repr_html_()
    assert "95 % interval" in shown and "<th>rose</th>" in shown


def test_a_file_without_demo_pictures_is_refused(here, tmp_path):
    (tmp_path / "old.tflite").touch()
    with pytest.raises(poet.PoetError, match="Name the demo pictures"):
        poet.compare("first", tmp_path / "old.tflite")
