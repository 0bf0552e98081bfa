"""Training on a part of a dataset, and a CSV file as one: what the pages ask, pass on and tell."""

from dataclasses import replace

import pytest

from tests.conftest import Trained
from tests.ui.pages import opened, texts_of, training_page

PART = "Trained on the labels daisy, rose only and on 100 pictures of each label at the most."


@pytest.fixture
def part(own: Trained) -> Trained:
    """A run that was trained on a part of its dataset."""
    record = own.run.record()
    chosen = {"labels": "daisy,rose", "max_pictures_per_label": 100}
    own.run.write_record(replace(record, options=record.options | chosen))
    return own


def start(app):
    app.button(key="train_and_evaluate").click().run()


def test_a_training_takes_everything_unless_something_is_chosen(full, started):
    start(training_page("New training"))
    assert (started[0].labels, started[0].max_pictures_per_label) == ("", -1)


@pytest.mark.slow
def test_a_training_takes_the_labels_and_the_number_of_pictures_that_were_chosen(full, started):
    app = training_page("New training")
    app.multiselect[0].set_value(["daisy", "tulip"])
    app.number_input(key="max_pictures_per_label").set_value(5).run()
    start(app)
    assert (started[0].labels, started[0].max_pictures_per_label) == ("daisy,tulip", 5)


@pytest.mark.slow
def test_a_choice_of_pictures_is_told_outside_its_expander(full):
    app = training_page("New training")
    assert "only and on" not in texts_of(app)
    app.multiselect[0].set_value(["daisy", "tulip"])
    app.number_input(key="max_pictures_per_label").set_value(5).run()
    part = "Trains on the labels daisy, tulip only and on 5 pictures of each label at the most."
    inside = [one.value for expander in app.expander for one in expander.caption]
    assert any(part in one.value for one in app.caption) and not any(part in one for one in inside)


@pytest.mark.slow
def test_one_label_alone_is_warned_of(full):
    app = training_page("New training")
    app.multiselect[0].set_value(["daisy"]).run()
    assert "needs at least two to tell apart" in texts_of(app)


@pytest.mark.slow
def test_an_empty_label_folder_is_told_before_a_training(own):
    (own.sample / "train" / "orchid").mkdir()
    assert "orchid: no pictures. Training goes on without this label." in texts_of(
        training_page("New training")
    ).replace("\\", "")


def test_a_run_of_a_part_says_so_in_the_sidebar(part):
    assert PART in [caption.value for caption in opened("home").sidebar.caption]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["train", "evaluate"])
def test_a_run_of_a_part_says_so_beside_its_figures(part, page):
    assert PART in texts_of(opened(page))


@pytest.mark.slow
def test_a_csv_file_is_a_dataset_and_brings_its_own_demo_pictures(empty, own, tmp_path):
    paths = sorted((own.sample / "train").rglob("*.jpg"))
    rows = [f"{path},{path.parent.name},{('train', 'test')[n % 3 == 0]}" for n, path in enumerate(paths)]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label,split", *rows]))
    app = opened("overview", dataset=str(tmp_path / "labels.csv"))
    assert [box.value for box in app.sidebar.selectbox][:2] == [
        str(tmp_path / "labels.csv"),
        str(tmp_path / "labels.csv" / "test"),
    ]
    assert app.metric[0].value == str(sum(row.endswith("train") for row in rows)) and not app.error


@pytest.mark.slow
def test_a_run_without_test_pictures_says_what_to_do(own):
    record = own.run.record()
    without = {"final_test_accuracy": None, "final_test_count": 0, "final_test_interval": None}
    own.run.write_record(
        replace(
            record,
            metrics=record.metrics | without,
            cross_validation=None,
            groups={"by": "near", "count": 2, "largest": 1},
        )
    )
    app = training_page("This run")
    assert app.metric[2].value == "–" and "evaluate the run on a demo folder" in texts_of(app)
