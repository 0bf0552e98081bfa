"""Runs and sets that somebody works on: they are not deleted, written twice or read half written."""

import json
import shutil
from pathlib import Path

import pytest

from poetcore.curation.prepare import plan
from poetcore.curation.prepared import execute, existing_split, scan_source
from poetcore.curation.selection import SplitOptions
from poetcore.errors import DatasetError, OptionError, RunError
from poetcore.evaluation import evaluate as evaluating
from poetcore.evaluation.evaluate import evaluate
from poetcore.export.export import export
from poetcore.system.locks import in_use, locked, users_of
from poetcore.training.checks import check_config
from poetcore.training.config import RunConfig
from poetcore.training.progress import reporting
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_of
from tests.conftest import Trained, picture, run_poet
from tests.records import change_record


@pytest.fixture
def own(trained, tmp_path) -> Trained:
    """A workspace to change, with a finished run."""
    return copy_of(trained, tmp_path)


def varied(folder: Path) -> Path:
    """Pictures that a preparation takes: large enough, and each another."""
    for number in range(16):
        (folder / ("ash", "oak")[number % 2]).mkdir(parents=True, exist_ok=True)
        file = folder / ("ash", "oak")[number % 2] / f"{number}.png"
        picture(number, (300, 240)).save(file)
    return folder


def inside(place: Workspace) -> set[str]:
    return {path.name for path in place.runs.iterdir()}


def test_a_run_in_use_is_not_deleted_and_its_folder_is_not_made_again(own, monkeypatch):
    run, place = own.run, own.workspace
    find_leaks = evaluating.find_leaks

    def meanwhile(*args):
        with pytest.raises(OptionError, match=r"is being evaluated \(process .*delete it when that is done"):
            place.delete_run(run)
        shutil.rmtree(run.folder)  # by hand
        return find_leaks(*args)

    shutil.copytree(run.folder, place.runs / "kept")
    monkeypatch.setattr(evaluating, "find_leaks", meanwhile)
    with pytest.raises(RunError, match=r"was deleted or renamed"):
        evaluate(run, own.sample / "demo", place)
    assert inside(place) == {"kept"}
    with run.folder.parent.joinpath("kept").joinpath("head.npz").open("rb"):
        place.delete_run(Run(place.runs / "kept"))
    assert inside(place) == set()


def test_a_run_that_is_renamed_in_training_ends_in_one_sentence_and_stays_one(tmp_path):
    place = Workspace(tmp_path / "tf_files")
    run = place.begin_run("garden")
    said = pytest.raises(RunError, match=r"garden was deleted or renamed meanwhile: train again")
    with said, run.worked_on("is being trained"), reporting(run, None) as reporter:
        with pytest.raises(OptionError, match="is being worked on: stop it first"):
            place.delete_run(run)
        run.folder.rename(place.runs / "yard")
        reporter.end("done", "")
    assert inside(place) == {"yard"}


def test_the_name_of_a_killed_run_is_free_again_and_what_becomes_of_it_is_said(tmp_path):
    place = Workspace(tmp_path / "tf_files")
    for number in range(3):
        run = place.begin_run("garden")
        summaries = place.summaries_of("garden") / str(number)
        summaries.mkdir(parents=True)
        change_record(run.folder / "status.json", birth="killed")
    assert run.status().message == "The unfinished run 'garden' is called 'garden_unfinished_2' from now on."
    assert inside(place) == {"garden", "garden_unfinished", "garden_unfinished_2"}
    assert [one.name for one in place.summaries_of("garden_unfinished").iterdir()] == ["0"]
    run.write_status(Status("done", pid=0))
    with pytest.raises(OptionError, match=r"runs --delete garden`"):
        place.create_run("garden")


@pytest.mark.slow
def test_runs_and_tunings_are_deleted_by_their_names_all_or_none(own):
    place = own.workspace
    place.create_run("broke").write_status(Status("failed", message="It broke."))
    place.create_run("busy").write_status(Status("training"))
    damaged = place.create_run("cut")
    (damaged.folder / "status.json").write_text("{")
    part = place.comparisons / "ab12" / "metrics.json"
    part.parent.mkdir(parents=True)
    part.write_text('{"run": "first"}')
    words = ["runs", "--workspace", place.root, "--delete", "broke", "--delete", "cut"]
    assert "add --yes" in run_poet(*words).stderr
    assert "No run named nobody" in run_poet(*words, "--delete", "nobody", "--yes").stderr
    refused = run_poet(*words[:3], "--delete", "busy", "--yes")
    assert (refused.returncode, "is being worked on" in refused.stderr) == (2, True)
    done = run_poet(*words, "first", "--yes", "--json")
    assert json.loads(done.stdout)["deleted"] == ["broke", "cut", "first"]
    assert (inside(place), part.exists()) == ({"busy"}, False)
    assert "No tuning named x" in run_poet("tune", *words[1:3], "--delete", "x", "--yes").stderr


def test_two_preparations_into_one_folder_are_one_after_the_other(tmp_path):
    place, folder = Workspace(tmp_path / "tf_files"), tmp_path / "set"
    source = varied(tmp_path / "trees")
    options = SplitOptions(train_per_label=5, demo_per_label=3)
    dataset, issues = scan_source(source, place)
    first, second = (plan(dataset, issues, options, existing_split(folder, place)) for _ in range(2))
    with locked(folder, "is being prepared"):
        for act in (lambda: execute(first, folder), lambda: check_config(RunConfig(folder / "train"), place)):
            with pytest.raises(OptionError, match="is being prepared"):
                act()
    execute(first, folder)
    with pytest.raises(DatasetError, match="was changed by another window or program meanwhile"):
        execute(second, folder)
    again = plan(dataset, issues, options, existing_split(folder, place))
    assert execute(again, folder).kept == 16


def test_one_export_at_a_time_is_written_to_a_place(trained, tmp_path):
    target = tmp_path / "model.tflite"
    with locked(target, "is being exported"), pytest.raises(OptionError, match="is being exported"):
        export(trained.run, trained.workspace, "tflite", target)
    assert list(tmp_path.iterdir()) == users_of(trained.run.folder) == []


def test_what_uses_a_run_that_is_gone_says_so(tmp_path):
    with in_use(tmp_path / "gone", "is being evaluated"):
        assert not (tmp_path / "gone").exists()


def test_a_run_that_is_gone_is_not_deleted_again(tmp_path):
    (run := Run(tmp_path / "run")).folder.mkdir()
    run.write_status(Status("done", 0, 0, pid=0))
    run.delete("run")
    with pytest.raises(RunError, match="There is no run 'run' any more"):
        run.delete("run")
    assert not list(tmp_path.iterdir())
