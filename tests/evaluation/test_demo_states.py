"""A demo folder that is changed after a model was evaluated on it: what is counted, what stands beside."""

import shutil
from pathlib import Path

import pytest

from poetcore.curation.repair import Change, Repairs
from poetcore.data.file_index import sha_of
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.headline import headline
from poetcore.evaluation.metrics import Metrics


@pytest.fixture
def demo(trained, tmp_path) -> Path:
    """20 drawn flowers, of which two tulips stand under rose."""
    folder = Path(shutil.copytree(trained.sample / "demo", tmp_path / "bent"))
    for number in (1, 2):
        shutil.move(folder / "tulip" / f"tulip_00{number}.jpg", folder / "rose" / f"wrong {number}.jpg")
    return folder


@pytest.fixture
def evaluated(trained, demo):
    """Evaluates the folder as it then is."""
    return lambda: evaluate(trained.run, demo, trained.workspace).metrics


@pytest.fixture
def before(evaluated) -> Metrics:
    return evaluated()


def counts(metrics: Metrics) -> tuple[int, int, float | None]:
    return metrics.relabelled, metrics.removed, metrics.accuracy_before


def repair(folder: Path, path: Path, action: str, label: str = "") -> str:
    repairs = Repairs(folder)
    repairs.propose([Change(path, action, sha_of(path.read_bytes()), "", label)])
    step = repairs.apply()
    assert step is not None
    return step.id


def test_a_folder_as_it_was_first_evaluated_is_unchanged(before, evaluated):
    assert counts(before) == counts(evaluated()) == (0, 0, None)


def test_a_label_that_was_changed_is_counted_and_the_accuracy_before_is_told(before, evaluated, demo):
    repair(demo, demo / "rose" / "wrong 1.jpg", "relabel", "tulip")
    after = evaluated()
    assert counts(after) == (1, 0, before.accuracy)
    assert (after.correct_before, after.total_before) == (before.correct, before.total)


def test_a_picture_that_was_set_aside_is_counted_and_predicted_all_the_same(before, evaluated, demo):
    repair(demo, demo / "rose" / "wrong 1.jpg", "quarantine")
    after = evaluated()
    assert counts(after) == (0, 1, before.accuracy)
    assert (after.total, after.total_before) == (19, 20)


def test_the_headline_says_so(before, evaluated, demo):
    repair(demo, demo / "rose" / "wrong 1.jpg", "relabel", "tulip")
    repair(demo, demo / "rose" / "wrong 2.jpg", "quarantine")
    told = headline(evaluated())
    assert told.mark == f"1 label changed, 1 picture removed: {100 * before.accuracy:.1f} % before"
    was = f"{before.accuracy:.1%} ({before.correct} of 20)".replace("%", " %")
    assert told.remarks == (
        "1 label was changed and 1 picture was removed after a model had been evaluated here: on the folder"
        f" as it was the accuracy is {was}.",
    )


def test_undoing_the_repair_undoes_the_counts(before, evaluated, demo):
    step = repair(demo, demo / "rose" / "wrong 1.jpg", "relabel", "tulip")
    evaluated()
    Repairs(demo).undo(step)
    after = evaluated()
    assert (counts(after), after.state) == ((0, 0, None), before.state)


def test_another_state_has_another_hash(before, evaluated, demo):
    repair(demo, demo / "rose" / "wrong 1.jpg", "relabel", "tulip")
    assert before.state and evaluated().state != before.state


def test_another_name_of_a_file_changes_nothing(before, evaluated, demo):
    (demo / "rose" / "wrong 1.jpg").rename(demo / "rose" / "renamed.jpg")
    assert evaluated().state == before.state


def test_a_picture_that_is_added_later_counts_from_then_on(before, evaluated, demo, trained):
    added = Path(shutil.copy(trained.sample / "train" / "rose" / "rose_001.jpg", demo / "tulip" / "new.jpg"))
    assert counts(evaluated()) == (0, 0, None)
    repair(demo, added, "relabel", "rose")
    assert counts(evaluated())[:2] == (1, 0)


def test_a_folder_of_other_pictures_is_another_folder(before, evaluated, demo, trained):
    shutil.rmtree(demo)
    shutil.copytree(trained.sample / "train", demo)
    assert counts(evaluated()) == (0, 0, None)


def test_what_is_known_of_a_folder_is_written_with_the_evaluation(before, evaluated, demo, trained):
    repair(demo, demo / "rose" / "wrong 1.jpg", "relabel", "tulip")
    after = evaluated()
    folders = (Evaluation.load(found).metrics for found in trained.run.evaluations())
    assert next(metrics for metrics in folders if metrics.folder == str(demo)) == after
