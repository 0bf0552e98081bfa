"""Groups of labels and costs on the command line: named, shown, and told of evaluations and predictions."""

import shutil
from collections.abc import Iterator

import pytest

from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_of
from tests.cli.inside import Terminal, call
from tests.conftest import Trained

GROUPS = ("--group", "garden=rose,tulip", "--group", "wild=daisy,dandelion")


@pytest.fixture(scope="module")
def copied(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return copy_of(trained, tmp_path_factory.mktemp("label_groups"))


@pytest.fixture
def own(copied: Trained) -> Iterator[Trained]:
    """A run of the tests' own, without groups at first."""
    yield copied
    copied.run.label_groups_file.unlink(missing_ok=True)


@pytest.fixture
def terminal(own) -> Terminal:
    return Terminal(own.workspace.root)


def refused(own: Trained, *arguments: object) -> str:
    done = call("label_groups", *arguments, "--workspace", own.workspace.root)
    assert done.status == 2 and not own.run.label_groups_file.exists()
    return done.stderr


def test_groups_thresholds_and_costs_are_kept_with_the_run(terminal, own):
    found = terminal.answer(
        "label_groups",
        *GROUPS,
        "--recall",
        "garden=80%",
        "--threshold",
        "wild=0.3",
        "--cost",
        "garden:wild=20",
    )
    assert found["groups"] == {"garden": ["rose", "tulip"], "wild": ["daisy", "dandelion"]}
    assert (found["recalls"], found["thresholds"]["wild"]) == ({"garden": 0.8}, 0.3)
    assert found["costs"] == [{"true": "garden", "predicted": "wild", "cost": 20.0}]
    assert own.run.label_groups().thresholds == found["thresholds"]


def test_the_figures_are_of_the_cross_validated_pictures(terminal, own):
    found = terminal.answer("label_groups", *GROUPS)["cross_validation"]
    assert found["pictures"] == own.run.record().cross_validation["n"]
    assert [one["group"] for one in found["groups"]] == ["garden", "wild"]


def test_what_is_there_is_added_to_and_removed_from(terminal, own):
    terminal.say("label_groups", *GROUPS, "--recall", "garden=80%", "--cost", "garden:wild=20")
    terminal.say(
        "label_groups", "--threshold", "garden=25%", "--cost", "garden:wild=3", "--cost", "rose:tulip=0"
    )
    kept = own.run.label_groups()
    assert (kept.thresholds, kept.recalls) == ({"garden": 0.25}, {})
    assert [one.cost for one in kept.costs] == [3.0, 0.0]
    terminal.say("label_groups", "--remove", "wild")
    assert (list(own.run.label_groups().groups), len(own.run.label_groups().costs)) == (["garden"], 1)
    terminal.say("label_groups", "--clear")
    assert not own.run.label_groups_file.exists()


def test_groups_of_another_run_are_taken_over(terminal, own):
    terminal.say("label_groups", *GROUPS, "--recall", "garden=80%")
    other = own.workspace.runs / "other"
    shutil.copytree(own.run.folder, other)
    (other / "label_groups.json").unlink()
    found = terminal.answer("label_groups", "--run", "other", "--like", own.run.name)
    assert found["recalls"] == {"garden": 0.8} and (other / "label_groups.json").exists()
    shutil.rmtree(other)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--group", "garden"], "--group takes a name and a value"),
        (["--group", "garden=orchid"], "The run has no label 'orchid'"),
        (["--recall", "garden=80%"], "There is no group 'garden' for a wanted recall"),
        ([*GROUPS, "--recall", "garden=many"], "--recall takes a share"),
        ([*GROUPS, "--recall", "garden=99.99%"], "cannot be promised for garden"),
        ([*GROUPS, "--cost", "garden=3"], "A cost names the true and the predicted label"),
        ([*GROUPS, "--cost", "garden:wild=dear"], "A cost is a number"),
        ([*GROUPS, "--cost", "garden:ash=2"], "no label 'ash' for a cost"),
        (["--remove", "garden"], "There is no group 'garden' to remove"),
        (["--like", "latest"], "has no groups of labels and no costs to begin with"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(own, arguments, words):
    assert words in " ".join(refused(own, *arguments).split())


def test_an_evaluation_tells_groups_and_costs(terminal, own):
    terminal.say("label_groups", *GROUPS, "--cost", "garden:wild=20")
    found = terminal.answer("evaluate", own.sample / "demo")["label_groups"]
    assert found["pictures"] == 20 and found["groups"][0]["recall"]["total"] == 8
    assert found["costs"]["most_probable_label"]["per_100"] is not None
    said = terminal.say("evaluate", own.sample / "demo")
    assert "Groups on 20 demo pictures" in said and "Always the most probable label costs" in said


def test_an_evaluation_without_groups_tells_none(terminal, own):
    assert terminal.answer("evaluate", own.sample / "demo")["label_groups"] is None


def test_predictions_tell_groups_and_the_answer_that_costs_the_least(terminal, own):
    terminal.say("label_groups", *GROUPS, "--threshold", "wild=0.001%", "--cost", "garden:wild=20")
    pictures = sorted((own.sample / "demo" / "rose").iterdir())
    for one in terminal.answer("label_image", *pictures)["predictions"]:
        calls = {call["group"]: call for call in one["groups"]}
        own_share = sum(s["score"] for s in one["scores"] if s["label"] in ("rose", "tulip"))
        assert calls["garden"]["probability"] == pytest.approx(own_share, abs=1e-5)
        assert calls["wild"]["predicted"] is (calls["wild"]["probability"] >= 1e-5)
        assert one["least_cost"]["cost"] <= one["least_cost"]["most_probable_label"]
    assert "least cost" in terminal.say("label_image", *pictures)
    assert "\nGroups: " in terminal.say("label_image", pictures[0])


def test_damaged_groups_cost_no_prediction(own):
    own.run.label_groups_file.write_text("{")
    picture = next((own.sample / "demo" / "rose").iterdir())
    done = call("label_image", picture, "--workspace", own.workspace.root)
    assert done.status == 0 and "set the groups of this run again" in " ".join(done.stderr.split())


def test_several_labels_a_picture_have_groups(pairs_trained, tmp_path):
    place = Workspace(shutil.copytree(pairs_trained.workspace.root, tmp_path / "tf_files"))
    terminal = Terminal(place.root)
    first, second, *_ = pairs_trained.run.labels()
    said = terminal.say("label_groups", "--group", f"some={first},{second}")
    assert "How often they are found: python -m poetcore evaluate" in said
    done = call("label_groups", "--recall", "some=90%", "--workspace", place.root)
    assert done.status == 2 and "is not offered where a picture may have several" in done.stderr
    found = terminal.answer("evaluate", pairs_trained.sample / "demo")["label_groups"]
    assert found["groups"][0]["recall"]["total"] > 0 and found["costs"] is None
