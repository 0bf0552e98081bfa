"""The command `review`: verdicts from a file, the corrected accuracy, repairs in one step."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from poetcore.workspace.records import read_table, to_csv
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import Terminal, call
from tests.conftest import Trained
from tests.records import change_record


def evaluated(trained: Trained, folder: Path) -> Terminal:
    """A workspace whose run was evaluated on demo pictures in a folder, two of them filed wrongly."""
    skipped = shutil.ignore_patterns("evaluations", "datasets", "comparisons")
    shutil.copytree(trained.workspace.root, folder / "tf_files", ignore=skipped)
    shutil.copytree(trained.sample / "demo", folder / "demo")
    for number in (1, 2):
        misfiled = folder / "demo" / "tulip" / f"misfiled_{number}.jpg"
        (folder / "demo" / "rose" / f"rose_{number:03d}.jpg").rename(misfiled)
    terminal = Terminal(folder / "tf_files")
    terminal.answer("evaluate", folder / "demo")
    return terminal


@pytest.fixture(scope="module")
def shared(trained, tmp_path_factory) -> Terminal:
    return evaluated(trained, tmp_path_factory.mktemp("review"))


@pytest.fixture
def place(shared) -> Terminal:
    """A workspace without a review; tests only add to that."""
    for file in shared.workspace.glob("runs/*/evaluations/*/review.csv"):
        file.unlink()
    return shared


@pytest.fixture
def demo(place) -> Path:
    return place.workspace.parent / "demo"


@pytest.fixture
def own(trained, tmp_path) -> Terminal:
    """A workspace of the test's own, with `demo` beside it."""
    return evaluated(trained, tmp_path)


def verdicts(tmp_path: Path, *rows: tuple[str, ...]) -> Path:
    file = tmp_path / "verdicts.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([("path", "verdict", "right_label", "comment"), *rows])
    return file


MISFILED = [(f"misfiled_{number}.jpg", "label_wrong", "rose", "") for number in (1, 2)]


def test_without_verdicts_it_says_how_many_there_are_to_review(place):
    answer = place.answer("review")
    assert (answer["mistakes_reviewed"], answer["corrected"], answer["verdicts"]) == (0, None, [])


def test_verdicts_of_a_file_correct_the_accuracy(place, demo, tmp_path):
    before = place.answer("evaluate", demo)
    answer = place.answer("review", "--add", verdicts(tmp_path, *MISFILED))
    found = answer["corrected"]
    assert answer["added"] == 2
    assert found["correct"] == before["correct"] + found["became_right"] and found["became_right"] == 2
    assert place.answer("evaluate", demo)["review"]["accuracy"] == found["accuracy"]


def test_a_person_reads_the_corrected_accuracy(place, demo, tmp_path):
    said = place.say("review", "--add", verdicts(tmp_path, *MISFILED))
    assert "Added: 2 verdicts." in said and "Corrected accuracy: " in said and "before the review" in said
    assert "Corrected accuracy: " in place.say("evaluate", demo)


def test_rows_that_cannot_be_used_are_told_and_the_others_added(place, tmp_path):
    rows = [("gone.jpg", "unusable", "", ""), ("misfiled_2.jpg", "label_wrong", "oak", ""), MISFILED[0]]
    answer = place.answer("review", "--add", verdicts(tmp_path, *rows))
    assert answer["added"] == 1
    assert [one["path"] for one in answer["skipped"]] == ["gone.jpg", "misfiled_2.jpg"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("path,label\na.jpg,rose\n", "no columns path (or sha) and verdict"), ("", "no columns path")],
)
def test_a_file_without_verdicts_is_refused_in_a_sentence(place, tmp_path, text, words):
    file = tmp_path / "other.csv"
    file.write_text(text)
    done = call("review", "--add", file, "--workspace", place.workspace)
    assert done.status == 2 and words in done.stderr


def test_the_table_of_predictions_with_verdicts_filled_in_is_such_a_file(place, tmp_path):
    (folder,) = Workspace(place.workspace).run("latest").evaluations()
    table = read_table(folder.predictions_file, ("path", "label", "predicted"))
    named = table["path"].map(lambda path: Path(path).name == "misfiled_1.jpg")
    table = table.assign(verdict="", right_label="").astype({"verdict": str, "right_label": str})
    table.loc[named, ["verdict", "right_label"]] = ["label_wrong", "rose"]
    file = tmp_path / "filled.csv"
    file.write_text(to_csv(table).replace(",", ";") if "," not in str(tmp_path) else to_csv(table))
    assert place.answer("review", "--add", file)["added"] == 1


def test_repairs_are_one_step_that_is_undone_and_what_was_changed_is_said(own, tmp_path):
    demo = tmp_path / "demo"
    answer = own.answer("review", "--add", verdicts(tmp_path, *MISFILED), "--repair")
    assert answer["repaired"] == 2 and (demo / "rose" / "misfiled_1.jpg").is_file()
    after = own.answer("evaluate", demo)
    assert after["relabelled"] == 2 and "2 labels changed" in after["mark"]
    assert after["review"]["outdated"] == 0  # the verdicts hold: the label is what they say
    assert own.answer("review", demo, "--repair")["step"] is None
    own.say("undo", demo, answer["step"])
    assert (demo / "tulip" / "misfiled_1.jpg").is_file()


def test_a_second_run_takes_over_what_was_reviewed(own, tmp_path):
    demo = tmp_path / "demo"
    own.say("review", "--add", verdicts(tmp_path, *MISFILED))
    runs = Workspace(own.workspace).runs
    (first,) = [path for path in runs.iterdir() if path.is_dir()]
    shutil.copytree(first, runs / "second", ignore=shutil.ignore_patterns("evaluations"))
    own.say("evaluate", demo, "--run", "second")
    assert own.answer("review", demo, "--run", "second")["offered"] == 2
    answer = own.answer("review", demo, "--run", "second", "--take_over")
    assert (answer["added"], answer["offered"], len(answer["verdicts"])) == (2, 0, 2)


def test_a_random_sample_is_listed(place):
    sample = place.answer("review", "--sample", 5)["sample"]
    assert len(sample) == 5 and sample == place.answer("review", "--sample", 5)["sample"]


def test_a_folder_that_was_not_evaluated_is_refused_in_a_sentence(place, tmp_path):
    done = call("review", tmp_path / "elsewhere", "--workspace", place.workspace)
    assert done.status == 2 and "was not evaluated on" in done.stderr and "evaluate" in done.stderr


def test_of_several_labels_a_picture_there_is_no_review(pairs_trained):
    done = call("review", "--workspace", pairs_trained.workspace.root)
    assert done.status == 2 and "several labels" in done.stderr


def test_json_and_csv_agree(place, tmp_path):
    answer = place.answer("review", "--add", verdicts(tmp_path, *MISFILED))
    table = read_table(Path(answer["review"]), ("sha", "verdict"))
    assert json.dumps(table["sha"].tolist()) == json.dumps([one["sha"] for one in answer["verdicts"]])


def test_a_review_that_cannot_be_read_costs_no_evaluation(own):
    file = next(own.workspace.glob("runs/*/evaluations/*/predictions.csv")).with_name("review.csv")
    file.write_text("time;sha\n1;2\n")
    done = call("evaluate", own.workspace.parent / "demo", "--workspace", own.workspace, "--json")
    assert done.status == 0 and "commas between the cells" in " ".join(done.stderr.split())
    assert json.loads(done.stdout.splitlines()[-1])["review"] is None


def test_verdicts_on_pictures_that_are_gone_correct_nothing(own, tmp_path):
    demo = own.workspace.parent / "demo"
    own.say("review", "--add", verdicts(tmp_path, *MISFILED))
    for path, *_ in MISFILED:
        (demo / "tulip" / path).unlink()
    assert own.answer("evaluate", demo)["review"] is None
    assert own.answer("review")["corrected"] is None


def test_an_evaluation_of_an_earlier_version_says_to_evaluate_again(own):
    file = next(own.workspace.glob("runs/*/evaluations/*/predictions.csv"))
    file.write_text(to_csv(read_table(file, ()).drop(columns="sha")))
    change_record(file.with_name("metrics.json"))
    assert "earlier version and cannot be reviewed: evaluate again" in own.say("review")
