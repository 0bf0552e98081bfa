"""The section Collect: what is asked before a training, what it is started with, and where it leads."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.data.dataset import scan
from poetcore.data.holds import picture_name
from poetcore.workspace.demo_sets import keep_aside, kept_aside
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture
from tests.ui.pages import links, opened, texts_of


def holds(place: Workspace, counts: dict[str, int], pictures: int = 3) -> Path:
    """A dataset with so many holds of each label."""
    folder = place.datasets / "hands"
    for label, number in counts.items():
        (folder / label).mkdir(parents=True)
        for hold in range(number):
            name = f"hold-20270412-1015{hold:02d}-{len(label):04x}"
            for at in range(pictures):
                seed = hash_of(label) + hold * 100 + at
                (folder / label / picture_name(name, at + 1)).write_bytes(encoded(picture(seed)))
    return folder


def hash_of(label: str) -> int:
    return sum(map(ord, label)) * 1000


def collecting(folder: Path | None = None) -> AppTest:
    asked = {"dataset": str(folder)} if folder else {}
    return opened("live", view="Collect", **asked)


def toggle(app: AppTest):
    return next(one for one in app.main.toggle if one.label.startswith("Keep some holds"))


def train(app: AppTest) -> AppTest:
    return next(one for one in app.main.button if one.label == "Train").click().run()


def test_an_empty_workspace_begins_with_a_new_dataset(empty):
    app = collecting()
    assert app.main.selectbox[0].value == "collected"
    assert "Two labels with pictures are enough to train." in texts_of(app)
    assert not empty.root.exists()


def test_a_dataset_that_the_camera_took_pictures_for_is_gone_on_with(empty):
    holds(empty, {"rock": 1})
    assert collecting(empty.datasets / "hands").main.selectbox[0].value == "hands"


def test_into_other_datasets_pictures_go_only_where_they_are_chosen(empty):
    fill(empty.datasets / "flowers", {"rose": 2, "tulip": 2})
    assert collecting(empty.datasets / "flowers").main.selectbox[0].value == "collected"


def test_of_single_holds_it_is_said_that_nothing_can_be_told(empty):
    app = collecting(holds(empty, {"rock": 1, "paper": 1}))
    assert toggle(app).disabled
    assert "paper, rock have one hold each, which is trained on" in texts_of(app)


@pytest.mark.parametrize(("number", "kept"), [(2, False), (3, True)])
def test_of_enough_holds_some_are_kept_aside_without_being_asked(empty, number, kept):
    assert toggle(collecting(holds(empty, {"rock": number, "paper": number}))).value is kept


def test_of_few_holds_none_is_spent_on_validation_and_the_final_test(empty, started):
    train(collecting(holds(empty, {"rock": 2, "paper": 2})))
    (config,) = started
    assert (config.training.validation_percentage, config.training.testing_percentage) == (0, 0)
    assert (config.keep_aside, config.evaluate_after) == ("", True)


def test_of_many_groups_the_defaults_hold(empty, started):
    train(collecting(holds(empty, {"rock": 10, "paper": 10}, 1)))
    assert started[0].training.testing_percentage == 10 and started[0].keep_aside == "20%"


def test_a_label_that_came_later_has_holds_kept_aside_too(empty, started):
    folder = holds(empty, {"rock": 3, "paper": 3})
    with empty.file_index() as index:
        keep_aside(scan(folder, index), empty, "20%")
    train(collecting(folder))
    assert kept_aside(folder, empty)  # nothing has come, so it stays as it is
    fill(folder, {"scissors": 3}, seed=9)
    train(collecting(folder))
    assert kept_aside(folder, empty) is None and started[-1].keep_aside == "20%"


def test_once_it_is_trained_the_camera_has_the_new_run(full):
    app = collecting()
    app.session_state["collect_run"] = full.run.name
    app.run()
    assert "is ready. Cross-validated accuracy" in texts_of(app)
    assert app.session_state["live_section"] == "Camera"


def test_where_pictures_are_labelled_the_way_to_the_camera_is_offered(full):
    assert links(opened("predict")).count("live") == 2
