"""Repairing a dataset: what is proposed and applied, and what the folder looks like then."""

import csv

import pytest

from poetcore.curation.repair import Change, Repairs
from poetcore.data.file_index import sha_of
from poetcore.data.label_folders import label_folders
from poetcore.errors import OptionError
from poetcore.system.progress import Progress
from poetcore.training.retrain import RunConfig, retrain
from poetcore.training.train import TrainingOptions
from tests.conftest import fill
from tests.curation.repairing import applied, change, put, relabelled, tree
from tests.leftovers import left_by_a_killed_process


def test_reading_writes_nothing(repairs, folder):
    before = sorted(folder.rglob("*"))
    assert (repairs.pending(), repairs.steps(), repairs.verified()) == ([], [], set())
    assert sorted(folder.rglob("*")) == before


def test_proposing_moves_nothing(repairs, folder):
    before = tree(folder)
    repairs.propose([change(folder, "rose/0.jpg")])
    assert tree(folder) == before


def test_what_was_proposed_is_pending_as_it_was(repairs, folder):
    wanted = [change(folder, "rose/0.jpg", "relabel", "tulip"), change(folder, "rose/1.jpg")]
    repairs.propose(wanted)
    assert [pending.change for pending in Repairs(folder).pending()] == wanted


def test_a_new_change_of_a_picture_replaces_the_old_one(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg")])
    repairs.propose([change(folder, "rose/0.jpg", "fine")])
    assert [pending.change.action for pending in repairs.pending()] == ["fine"]


def test_the_label_that_a_picture_has_is_no_change(repairs, folder):
    assert repairs.propose([change(folder, "rose/0.jpg", "relabel", "rose")]) == 0


def test_the_label_that_a_picture_has_discards_its_change(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg", "relabel", "tulip")])
    repairs.propose([change(folder, "rose/0.jpg", "relabel", "rose")])
    assert repairs.pending() == []


def test_a_discarded_change_is_not_applied(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg"), change(folder, "rose/1.jpg")])
    repairs.discard([repairs.pending()[0].id])
    repairs.apply()
    assert sorted(p.name for p in (folder / "rose").iterdir()) == ["0.jpg", "2.jpg"]


def test_a_change_without_a_hash_means_the_present_content(repairs, folder):
    step = applied(repairs, Change(folder / "rose/0.jpg", "fine", "", "looked at"))
    assert step.outcomes[0].change.sha == sha_of(b"rose 0")


def test_a_relabelled_picture_lies_under_its_new_label(repairs, folder):
    put(folder, "rose/red.jpg", "red")
    relabelled(repairs, "rose/red.jpg", "tulip")
    assert (folder / "tulip/red.jpg").read_text() == "red"


def test_a_taken_name_is_not_overwritten(repairs, folder):
    relabelled(repairs, "rose/0.jpg", "tulip")
    assert [(folder / "tulip" / name).read_text() for name in ("0.jpg", "0_2.jpg")] == ["tulip 0", "rose 0"]


def test_two_pictures_of_one_name_both_arrive(repairs, folder):
    put(folder, "lily/0.jpg", "lily 0")
    applied(
        repairs,
        change(folder, "rose/0.jpg", "relabel", "iris"),
        change(folder, "lily/0.jpg", "relabel", "iris"),
    )
    assert {p.read_text() for p in (folder / "iris").iterdir()} == {"rose 0", "lily 0"}


def test_a_name_that_another_program_takes_at_the_last_moment_is_not_overwritten(
    repairs, folder, monkeypatch
):
    import poetcore.curation.mover as module

    real = module.move

    def late(source, target, sha):
        if target.name == "2.jpg":
            target.write_text("of another program")
        real(source, target, sha)

    monkeypatch.setattr(module, "move", late)
    relabelled(repairs, "rose/2.jpg", "tulip")
    assert [(folder / "tulip" / name).read_text() for name in ("2.jpg", "2_2.jpg")] == [
        "of another program",
        "rose 2",
    ]


def test_a_quarantined_picture_is_set_aside_under_its_label(repairs, folder):
    applied(repairs, change(folder, "rose/1.jpg"))
    assert (folder / "quarantine/rose/1.jpg").read_text() == "rose 1"


def test_the_quarantine_is_no_label(repairs, folder):
    applied(repairs, change(folder, "rose/1.jpg"))
    assert [path.name for path in label_folders(folder).folders] == ["rose", "tulip"]


def test_a_list_of_reasons_that_was_half_written_does_not_keep_an_empty_quarantine(repairs, folder):
    step = applied(repairs, change(folder, "rose/1.jpg"))
    left = left_by_a_killed_process(folder / "quarantine" / "REASONS.csv", folder=False)
    repairs.undo(step.id)
    assert not left.exists() and not (folder / "quarantine").exists()


def test_the_quarantine_lists_its_reasons(repairs, folder):
    applied(repairs, change(folder, "rose/1.jpg", reason="blurry, and a thumb"))
    with (folder / "quarantine/REASONS.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["picture"], row["from"], row["reason"]) == (
        "quarantine/rose/1.jpg",
        "rose/1.jpg",
        "blurry, and a thumb",
    )


def test_a_label_named_quarantine_is_not_mistaken(repairs, folder):
    put(folder, "quarantine/0.jpg", "a picture of a quarantine")
    with pytest.raises(OptionError, match="is a label here"):
        repairs.propose([change(folder, "rose/1.jpg")])


def test_a_label_named_quarantine_that_comes_later_is_not_mistaken(repairs, folder):
    repairs.propose([change(folder, "rose/1.jpg")])
    put(folder, "quarantine/0.jpg", "a picture of a quarantine")
    step = repairs.apply()
    assert step.outcomes[0].trouble == "The folder quarantine is a label here: rename it."


def test_a_verified_picture_stays_and_is_listed(repairs, folder):
    before = tree(folder)
    applied(repairs, change(folder, "rose/1.jpg", "fine"))
    assert (tree(folder), Repairs(folder).verified()) == (before, {sha_of(b"rose 1")})


def test_only_what_was_seen_is_applied(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg")])
    seen = [pending.id for pending in repairs.pending()]
    Repairs(folder).propose([change(folder, "rose/1.jpg")])
    repairs.apply(seen)
    assert [pending.change.path.name for pending in repairs.pending()] == ["1.jpg"]


def test_applying_nothing_is_no_step(repairs):
    assert repairs.apply() is None


def test_applying_reports_progress(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg"), change(folder, "rose/1.jpg")])
    told: list[Progress] = []
    repairs.apply(on_progress=told.append)
    assert told == [Progress("moving", 1, 2), Progress("moving", 2, 2)]


def test_a_picture_that_changed_is_refused_and_the_rest_goes_on(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg"), change(folder, "rose/1.jpg")])
    put(folder, "rose/0.jpg", "edited since")
    step = repairs.apply()
    assert [(o.change.path.name, o.trouble) for o in step.of("refused")] == [
        ("0.jpg", "Its content is not what it was: look at it again.")
    ]
    assert [o.change.path.name for o in step.of("applied")] == ["1.jpg"]


def test_a_picture_that_is_gone_is_refused(repairs, folder):
    repairs.propose([change(folder, "rose/0.jpg")])
    (folder / "rose/0.jpg").unlink()
    assert repairs.apply().outcomes[0].trouble == "It is not there any more."


def test_an_empty_file_can_be_set_aside(repairs, folder):
    put(folder, "rose/empty.jpg", "")
    applied(repairs, Change(folder / "rose/empty.jpg", "quarantine", "", "is empty"))
    assert (folder / "quarantine/rose/empty.jpg").read_bytes() == b""


def test_a_link_that_would_break_is_refused(repairs, folder):
    (folder / "rose/link.jpg").symlink_to("0.jpg")
    step = relabelled(repairs, "rose/link.jpg", "tulip")
    assert step.outcomes[0].trouble == "It is a link that only works where it is: move it by hand."


def test_a_link_that_works_everywhere_is_moved(repairs, folder):
    (folder / "rose/link.jpg").symlink_to(folder / "rose/0.jpg")
    relabelled(repairs, "rose/link.jpg", "tulip")
    assert (folder / "tulip/link.jpg").readlink() == folder / "rose/0.jpg"


def test_a_file_in_the_way_of_a_new_label_is_the_reason(repairs, folder):
    (folder / "iris").touch()
    repairs.propose([change(folder, "rose/0.jpg", "relabel", "iris")])
    assert repairs.apply().outcomes[0].trouble.startswith("The folder iris cannot be made")


@pytest.mark.parametrize(
    "label",
    ["", ".", "..", "a/b", "../out", ".hidden", "con", "a:b", "end.", "quarantine", "x" * 101, "a\nb"],
)
def test_a_label_that_can_be_no_folder_is_refused(repairs, folder, label):
    with pytest.raises(OptionError):
        repairs.propose([change(folder, "rose/0.jpg", "relabel", label)])


def test_a_picture_elsewhere_is_refused(repairs, tmp_path):
    with pytest.raises(OptionError, match="does not lie in"):
        repairs.propose(
            [change(tmp_path, put(tmp_path, "other/a.jpg", "a").relative_to(tmp_path).as_posix())]
        )


def test_a_loose_picture_is_refused(repairs, folder):
    put(folder, "loose.jpg", "loose")
    with pytest.raises(OptionError, match="lies in no label folder"):
        repairs.propose([change(folder, "loose.jpg")])


def test_an_unknown_action_is_refused(repairs, folder):
    with pytest.raises(OptionError, match="relabel, quarantine, fine"):
        repairs.propose([change(folder, "rose/0.jpg", "delete")])


def test_one_impossible_change_refuses_all(repairs, folder):
    with pytest.raises(OptionError):
        repairs.propose([change(folder, "rose/0.jpg"), change(folder, "rose/1.jpg", "relabel", "a/b")])
    assert repairs.pending() == []


def test_training_after_a_repair_computes_nothing_twice(workspace, tmp_path):
    folder = fill(tmp_path / "set", {"ash": 12, "birch": 12})
    few_steps = TrainingOptions(how_many_training_steps=5)
    retrain(RunConfig(folder, training=few_steps, name="before"), workspace)
    applied(
        Repairs(folder),
        change(folder, "ash/ash_003.jpg", "relabel", "birch"),
        change(folder, "birch/birch_001.jpg"),
    )
    run = retrain(RunConfig(folder, training=few_steps, name="after"), workspace)
    assert run.record().bottlenecks == {"computed": 0, "cached": 23, "skipped": 0}


def test_a_label_that_is_written_otherwise_means_the_folder_that_looks_like_it(repairs, folder):
    relabelled(repairs, "rose/0.jpg", "Tulip")
    assert sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name != ".poet") == [
        "rose",
        "tulip",
    ]
