"""Groups of labels and costs as Python sees them."""

from collections.abc import Iterator

import pytest

import poetcore as poet
from tests.browser.dashboard import copy_of
from tests.conftest import Trained

GROUPS = {"garden": ["rose", "tulip"], "sun": "sunflower"}


@pytest.fixture(scope="module")
def copied(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return copy_of(trained, tmp_path_factory.mktemp("label_groups"))


@pytest.fixture
def run(copied: Trained) -> Iterator[poet.TrainedRun]:
    found = poet.load_run("first", workspace=copied.workspace.root)
    yield found
    found.set_label_groups()


def test_groups_are_kept_with_the_run(run, copied):
    kept = run.set_label_groups(GROUPS, thresholds={"sun": 0.3}, costs={("garden", "sun"): 5})
    again = poet.load_run("first", workspace=copied.workspace.root).label_groups
    assert (again, again.groups["sun"]) == (kept, ("sunflower",))


def test_a_report_has_a_row_a_group_and_what_answers_cost(run, copied):
    run.set_label_groups(GROUPS, costs={("garden", "sun"): 5})
    found = run.evaluate(copied.sample / "demo", progress=False).label_groups
    row = found.table().set_index("group").loc["garden"]
    assert row["recall_low"] <= row["recall"] <= row["recall_high"] and row["threshold"] != row["threshold"]
    assert found.costs.total == 20


@pytest.mark.parametrize(
    "given",
    [
        {"groups": ["rose"]},
        {"groups": {"garden": 3}},
        {"groups": {"garden": ["orchid"]}},
        {"groups": GROUPS, "costs": {"garden": 3}},
        {"groups": GROUPS, "costs": {("garden", "sun"): "dear"}},
        {"groups": GROUPS, "recalls": {"garden": "most"}},
        {"groups": GROUPS, "recalls": {"garden": 1}},
    ],
)
def test_what_cannot_be_is_an_option_error(run, given):
    with pytest.raises(poet.PoetError):
        run.set_label_groups(**given)
    assert not run.label_groups
