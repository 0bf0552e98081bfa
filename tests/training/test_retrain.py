"""From a folder to a run: how it ends, what it reports, what it counts."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from poetcore.errors import BackboneError, DatasetError, PoetError
from poetcore.system.progress import Progress
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import PHASES
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill

#: 31 files in the folder below, of which two are copies and one is no picture.
COUNTS = {"ash": 17, "birch": 11}
FEW_STEPS = TrainingOptions(how_many_training_steps=25, eval_step_interval=10, seed=4)


class Recorder:
    """Keeps the progress that it is called with."""

    def __init__(self) -> None:
        self.seen: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.seen.append(progress)


@pytest.fixture(scope="module")
def place(tmp_path_factory, backbone_file) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("workflow") / "tf_files")
    found.models.mkdir(parents=True)
    shutil.copy(backbone_file, found.models)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = fill(tmp_path_factory.mktemp("pictures") / "trees", COUNTS)
    shutil.copy(made / "ash" / "ash_003.jpg", made / "ash" / "copy one.jpg")
    shutil.copy(made / "ash" / "ash_003.jpg", made / "ash" / "copy two.jpg")
    (made / "birch" / "note.jpg").write_text("not a picture")
    return made


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def first(place, folder, recorder) -> Run:
    return retrain(RunConfig(folder, training=FEW_STEPS, name="first"), place, recorder)


@pytest.fixture(scope="module")
def second(place, folder, first) -> Run:
    return retrain(RunConfig(folder, training=FEW_STEPS, name="second"), place)


def stop_in(phase: str, error: BaseException):
    """Make a recorder that raises an error in a phase."""

    def stop(progress: Progress) -> None:
        if progress.phase == phase:
            raise error

    return stop


def test_a_finished_run_is_done(first):
    assert first.status().phase == "done"


def test_the_message_of_a_finished_run_has_its_accuracy(first):
    count = first.record().metrics["final_test_count"]
    assert f"of {count};" in first.status().message


def test_a_named_run_has_its_name_as_folder(first, place):
    assert first.folder == place.runs / "first"


def test_the_parts_of_the_split_add_up(first):
    assert sum(first.record().splits.values()) == 17 + 2 + 11


def test_no_part_of_the_split_is_empty(first):
    assert min(first.record().splits.values()) > 0


def test_the_split_file_has_as_many_rows_a_part_as_the_record_says(first):
    assert Counter(first.split()["split"]) == first.record().splits


def test_copies_stand_in_the_same_part(first):
    split = first.split()
    of_copies = split[split["sha"].duplicated(keep=False)]
    assert (len(of_copies), of_copies["split"].nunique()) == (3, 1)


def test_copies_are_computed_once(first):
    assert first.record().bottlenecks == {"computed": 17 + 11, "cached": 0, "skipped": 1}


def test_a_file_that_is_no_picture_is_listed_with_its_reason(first, folder):
    (skipped,) = first.record().skipped
    assert skipped["path"] == str(folder / "birch" / "note.jpg")
    assert "is not a picture" in skipped["reason"]


def test_labels_are_those_of_the_folders(first):
    assert first.labels() == first.record().labels == ["ash", "birch"]


def test_the_record_names_the_options(first):
    options = first.record().options
    assert (options["how_many_training_steps"], options["seed"]) == (25, 4)


def test_the_tested_pictures_are_all_of_that_part(first):
    assert first.record().metrics["final_test_count"] == first.record().splits["testing"]


def test_every_picture_is_cross_validated(first):
    found = first.record().cross_validation
    assert found["n"] == len(first.cross_validation()) == sum(first.record().splits.values())
    assert found["accuracy"] == first.cross_validation()["correct"].mean()
    assert found["interval"][0] < found["accuracy"] < found["interval"][1]


def test_the_message_has_the_cross_validated_accuracy_first(first):
    assert first.status().message.startswith("Cross-validated accuracy ")


def test_a_run_that_cannot_be_cross_validated_is_not_lost(place, folder, monkeypatch):
    def fails(*_: object) -> None:
        raise DatasetError("There is no cross validation today.")

    monkeypatch.setattr("poetcore.training.retrain.cross_validate", fails)
    run = retrain(RunConfig(folder, training=FEW_STEPS, name="unvalidated"), place)
    assert run.record().cross_validation is None
    assert run.status().message.startswith("There is no cross validation today. Final test accuracy")


def test_every_phase_of_a_known_length_is_told_when_it_is_done(first, recorder):
    last = {progress.phase: progress for progress in recorder.seen}
    assert all(one.done == one.total for one in last.values())


def test_phases_come_in_their_order(first, recorder):
    phases = list(dict.fromkeys(progress.phase for progress in recorder.seen))
    assert phases == ["scanning", "bottlenecks", "training", "cross_validating", "testing"]


def test_no_phase_comes_back(first, recorder):
    places = [PHASES.index(progress.phase) for progress in recorder.seen]
    assert places == sorted(places)


def test_done_never_exceeds_total(first, recorder):
    assert [p for p in recorder.seen if p.total and p.done > p.total] == []


def test_done_never_falls_within_a_phase(first, recorder):
    pairs = zip(recorder.seen, recorder.seen[1:], strict=False)
    assert [(a, b) for a, b in pairs if a.phase == b.phase and b.done < a.done] == []


@pytest.mark.parametrize(("phase", "total"), [("scanning", 31), ("bottlenecks", 28), ("training", 25)])
def test_a_phase_ends_with_everything_done(first, recorder, phase, total):
    last = [progress for progress in recorder.seen if progress.phase == phase][-1]
    assert (last.done, last.total) == (total, total)


def test_steps_are_reported_at_the_interval_and_at_the_end(first):
    assert [event["step"] for event in first.events("step")] == [10, 20, 25]


def test_the_last_event_is_the_final_one(first):
    last = list(first.events())[-1]
    assert (last["kind"], last["test_count"]) == ("final", first.record().metrics["final_test_count"])


def test_a_second_run_computes_nothing(second):
    assert second.record().bottlenecks == {"computed": 0, "cached": 28, "skipped": 1}


def test_the_same_seed_gives_the_same_head(first, second):
    one, two = first.head(), second.head()
    assert (one.kernel.tobytes(), one.bias.tobytes()) == (two.kernel.tobytes(), two.bias.tobytes())


def test_another_seed_gives_another_head(first, place, folder):
    options = TrainingOptions(how_many_training_steps=25, eval_step_interval=10, seed=5)
    other = retrain(RunConfig(folder, training=options), place)
    assert other.head().kernel.tobytes() != first.head().kernel.tobytes()


def test_a_run_that_is_moved_with_its_pictures_computes_nothing(first, place, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "moved")
    (tmp_path / "moved" / "ash").rename(tmp_path / "moved" / "esche")
    run = retrain(RunConfig(tmp_path / "moved", training=FEW_STEPS), place)
    assert run.record().bottlenecks["computed"] == 0


def test_a_label_without_usable_pictures_is_named(place, tmp_path):
    fill(tmp_path / "trees", {"ash": 6, "birch": 5, "torn": 4})
    for file in (tmp_path / "trees" / "torn").iterdir():
        file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(DatasetError, match="No usable picture of torn"):
        retrain(RunConfig(tmp_path / "trees"), place)


@pytest.mark.parametrize("phase", ["scanning", "bottlenecks", "training", "cross_validating", "testing"])
def test_an_interrupted_run_is_cancelled(place, folder, phase):
    name = f"stopped in {phase}"
    with pytest.raises(KeyboardInterrupt):
        retrain(RunConfig(folder, training=FEW_STEPS, name=name), place, stop_in(phase, KeyboardInterrupt()))
    assert Run(place.runs / name).status().phase == "cancelled"


def test_an_unexpected_error_ends_as_failed_with_its_message(place, folder):
    with pytest.raises(ZeroDivisionError):
        retrain(RunConfig(folder, name="odd"), place, stop_in("bottlenecks", ZeroDivisionError("seven")))
    status = Run(place.runs / "odd").status()
    assert (status.phase, status.message) == ("failed", "ZeroDivisionError: seven")


@pytest.mark.parametrize("phase", ["bottlenecks", "testing"])
def test_an_interrupted_run_has_no_record(place, folder, phase):
    name = f"nothing after {phase}"
    with pytest.raises(KeyboardInterrupt):
        retrain(RunConfig(folder, training=FEW_STEPS, name=name), place, stop_in(phase, KeyboardInterrupt()))
    assert not (place.runs / name / "run.json").exists()


def test_the_backbone_is_prepared_before_features_are_extracted(folder, tmp_path):
    seen: list[str] = []

    def stop_before_the_conversion(progress: Progress) -> None:
        seen.append(progress.phase)
        if progress.phase == "backbone":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retrain(RunConfig(folder), Workspace(tmp_path / "tf_files"), stop_before_the_conversion)
    assert list(dict.fromkeys(seen)) == ["scanning", "backbone"]


def test_a_training_that_diverges_ends_as_failed_with_a_reason(place, folder):
    options = TrainingOptions(how_many_training_steps=5, learning_rate=1e38)
    with pytest.raises(PoetError, match="learning_rate"):
        retrain(RunConfig(folder, training=options, name="wild"), place)
    assert Run(place.runs / "wild").status().phase == "failed"


def test_an_unknown_architecture_makes_no_run(folder, tmp_path):
    place = Workspace(tmp_path / "tf_files")
    with pytest.raises(BackboneError, match="'resnet'"):
        retrain(RunConfig(folder, "resnet"), place)
    assert place.all_runs() == []


def test_a_file_that_is_gone_for_a_while_is_used_again_when_it_is_back(place, tmp_path):
    fill(tmp_path / "trees", {"ash": 6, "birch": 5}, seed=3)
    file = tmp_path / "trees" / "ash" / "ash_002.jpg"
    content = file.read_bytes()

    def take_away(progress: Progress) -> None:
        if progress.phase == "bottlenecks":
            file.unlink(missing_ok=True)

    config = RunConfig(tmp_path / "trees", training=FEW_STEPS)
    assert [s["path"] for s in retrain(config, place, take_away).record().skipped] == [str(file)]
    file.write_bytes(content)
    assert retrain(config, place).record().skipped == []


def test_the_demo_folder_is_evaluated_at_once(place, folder, tmp_path):
    demo = fill(tmp_path / "show", {"ash": 2, "birch": 3}, seed=8)
    run = retrain(RunConfig(folder, training=FEW_STEPS, demo_dir=demo), place)
    assert [found.name for found in run.evaluations()] == ["show"]


def test_a_demo_folder_that_cannot_be_used_spoils_no_training(place, folder, tmp_path):
    demo = fill(tmp_path / "strange", {"elm": 1, "fir": 1})
    status = retrain(RunConfig(folder, training=FEW_STEPS, demo_dir=demo), place).status()
    assert status.phase == "done"
    assert "The evaluation on strange failed: The run" in status.message


def test_a_demo_folder_that_is_not_there_is_told_before_the_training(place, folder, tmp_path):
    with pytest.raises(DatasetError, match="No such folder: .*nowhere"):
        retrain(RunConfig(folder, training=FEW_STEPS, demo_dir=tmp_path / "nowhere"), place)


def test_of_a_demo_folder_that_was_trained_on_no_accuracy_is_told(place, folder):
    run = retrain(RunConfig(folder, training=FEW_STEPS, demo_dir=folder), place)
    told = run.status().message
    assert ": no accuracy (seen in training)." in told
    assert "Evaluate it on other pictures." in told
