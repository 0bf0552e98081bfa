"""What `compare` prints and answers, and what it refuses."""

import pytest

from tests.cli.inside import Terminal, call


@pytest.fixture(scope="module")
def say(two_runs):
    return Terminal(two_runs.workspace.root).say


@pytest.fixture(scope="module")
def answer(two_runs):
    return Terminal(two_runs.workspace.root).answer


@pytest.fixture(scope="module")
def asked(two_runs):
    return ["compare", two_runs.run.name, "hasty", "--demo", two_runs.sample / "demo"]


def test_json_has_what_is_promised(answer, asked):
    found = answer(*asked)
    assert {"a", "b", "difference", "interval", "p_value", "fixed", "broken"} <= set(found)
    assert found["difference"] == pytest.approx(found["b"]["accuracy"] - found["a"]["accuracy"])
    assert len(found["broken"]) - len(found["fixed"]) == found["a"]["correct"] - found["b"]["correct"]


def test_difference_labels_pictures_and_settings_are_shown(say, asked):
    said = say(*asked)
    for words in (
        "B hasty:",
        "95 % interval",
        "Recall of each label",
        "Broken: A is right",
        "how_many_train",
    ):
        assert words in said


def test_several_models_are_each_compared_with_the_first_and_p_is_corrected(answer, say, asked, two_runs):
    several = [*asked, two_runs.run.name]
    found = answer(*several)
    (other,) = found["others"]
    assert other["b"]["name"] == two_runs.run.name and other["difference"] == 0
    assert found["p_corrected"] == pytest.approx(min(1, 2 * found["p_value"]))
    assert "p is corrected for 2 comparisons" in say(*several)


def test_a_model_that_is_compared_with_itself_is_told(answer, asked):
    itself = [*asked[:2], *asked[1:2], *asked[3:]]
    assert [one for one in answer(*itself)["remarks"] if "A and B are the same model" in one]
    assert not [one for one in answer(*asked)["remarks"] if "the same model" in one]


def test_without_a_demo_folder_the_newest_evaluations_count(answer, asked, two_runs):
    for name in asked[1:3]:
        answer("evaluate", two_runs.sample / "demo", "--run", name)
    assert answer(*asked[:3])["pictures"] == 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["hasty"], "Name two models or more"),
        (["hasty", "nobody"], "No run named 'nobody'"),
        (["hasty", __file__, "--demo", "."], "is no model that can be run here"),
    ],
)
def test_wrong_use_ends_in_one_sentence(arguments, words, two_runs):
    done = call("compare", *arguments, "--workspace", two_runs.workspace.root)
    assert done.status == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_where_most_pictures_were_seen_there_is_no_difference(answer, two_runs, asked):
    found = answer(*asked[:3], "--demo", two_runs.sample / "train")
    assert (found["difference"], found["p_value"], found["a"]["accuracy"]) == (None, None, None)
