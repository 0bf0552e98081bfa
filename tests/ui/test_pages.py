"""The pages without a browser: what they say, what they offer next, and what they refuse."""

from collections.abc import Iterator

import pytest

from poetcore.ui.text import plain
from poetcore.workspace.run_record import Status
from tests.browser.dashboard import copy_run
from tests.conftest import Trained, fill
from tests.ui.pages import PAGES, links, opened, texts_of, training_page

# ---------------------------------------------------------------------------------------- an empty workspace


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.slow
def test_a_page_of_an_empty_workspace_raises_nothing(empty, page):
    app = opened(page)
    assert not app.exception and app.title[0].value == ("Poet" if page == "home" else page.capitalize())


@pytest.mark.slow
def test_looking_at_pages_writes_nothing_into_the_workspace(empty):
    for page in PAGES:
        opened(page)
    assert not empty.root.exists()


def test_home_offers_ways_to_bring_pictures_and_the_tour(empty):
    labels = [button.label for button in opened("home").main.button]
    assert "Take the tour" in labels and "Take the sample flowers" in labels


def test_home_marks_no_page_as_done_in_an_empty_workspace(empty):
    assert not done_of(opened("home"))


def done_of(app):
    labels = [one.proto.label for one in app.main if one.type == "page_link"]
    return [label.removesuffix(" (done)") for label in labels if label.endswith(" (done)")]


def test_home_trains_and_evaluates_with_one_button_once_there_are_pictures(empty, tmp_path):
    app = opened("home", dataset=str(fill(tmp_path / "insects", {"ant": 12, "bee": 12})))
    assert not next(b for b in app.main.button if b.label == "Train and evaluate").disabled
    assert "**24 pictures** of **2 labels**" in texts_of(app)


def test_a_first_visit_is_dismissed_for_good(empty):
    app = opened("evaluate")
    next(b for b in app.main.button if b.label == "Got it").click().run()
    assert "Got it" not in [b.label for b in opened("evaluate").button]
    assert "Got it" in [b.label for b in opened("predict").button]


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("overview", "No pictures yet: bring some in, or take the sample flowers."),
        ("train", "Bring pictures to train on first"),
        ("evaluate", "There is no finished run to evaluate yet."),
        ("slideshow", "There is no finished run to show yet."),
        ("predict", "There is no finished run to predict with yet."),
    ],
)
@pytest.mark.slow
def test_an_empty_page_says_what_is_missing(empty, page, sentence):
    assert sentence in texts_of(opened(page))


@pytest.mark.parametrize(
    ("page", "next_page"),
    [
        ("home", "prepare"),
        ("evaluate", "train"),
        ("slideshow", "train"),
        ("predict", "train"),
    ],
)
@pytest.mark.slow
def test_an_empty_page_leads_to_the_next_thing_to_do(empty, page, next_page):
    assert next_page in links(opened(page))


def test_the_overview_offers_ways_in_when_there_is_no_dataset(empty):
    ways = [
        "Use the camera",
        "Take the sample flowers",
        "Download flower photos (229 MB)",
        "Gather from the web",
    ]
    labels = [button.label for button in opened("overview").main.button]
    assert [label for label in labels if label != "Got it"] == ways


# ----------------------------------------------------------------------------------------- a full workspace


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.slow
def test_a_page_with_a_run_raises_nothing(full, page):
    app = opened(page)
    assert not app.exception and not app.error


def test_home_marks_what_is_done(full):
    assert done_of(opened("home")) == ["Prepare", "Overview", "Train", "Evaluate"]


def test_home_leads_from_the_result_to_the_slideshow(full):
    app = opened("home")
    next(button for button in app.main.button if button.label == "Start the slideshow").click().run()
    assert app.title[0].value == "Slideshow" and not app.exception


def test_a_slideshow_of_nothing_says_which_filter_to_change(full):
    app = opened("slideshow", show="mistakes", below="10 %")
    assert "No picture is left with these filters" in texts_of(app)


def test_a_slideshow_of_mistakes_where_there_is_none_says_so(full):
    predictions = full.run.evaluation("demo").predictions()
    right = predictions.groupby("label")["correct"].all()
    label = right[right].index[0]
    app = opened("slideshow", show="mistakes", label=label)
    n = (predictions["label"] == label).sum()
    assert [one.value for one in app.success] == [f"There is no mistake among the {n} pictures of {label}."]


def test_the_overview_says_its_worries_in_words(empty, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 4, "bee": 20})
    sentences = [w.value for w in opened("overview", dataset=str(folder)).warning]
    assert any(s.startswith(plain("Few pictures: ant (4)")) for s in sentences)
    assert any(s.startswith(plain("Out of balance: bee has 20 pictures, ant only 4")) for s in sentences)


def test_a_dataset_without_label_folders_is_reported_in_a_sentence(empty, tmp_path):
    (tmp_path / "loose").mkdir()
    app = opened("overview", dataset=str(tmp_path / "loose"))
    assert "No label folders" in app.error[0].value and not app.exception


# ---------------------------------------------------------------------------------------------------- train


@pytest.mark.slow
def test_percentages_that_leave_nothing_to_train_on_are_refused(full):
    app = training_page("New training")
    app.number_input(key="validation").set_value(60)
    app.number_input(key="testing").set_value(40).run()
    assert "together must stay below 100" in texts_of(app)


@pytest.mark.slow
def test_a_training_cannot_be_started_with_options_that_were_refused(full):
    app = training_page("New training")
    app.number_input(key="validation").set_value(99)
    app.number_input(key="testing").set_value(99).run()
    assert app.button(key="train_and_evaluate").disabled


@pytest.mark.parametrize(
    ("name", "words"), [(None, "is there already"), ("a/b", "becomes the name of a folder")]
)
@pytest.mark.slow
def test_a_run_name_that_cannot_be_is_refused(full, name, words):
    app, before = training_page("New training"), len(full.workspace.all_runs())
    app.text_input[0].set_value(name or full.run.name)
    app.button(key="train_and_evaluate").click().run()
    assert words in app.error[0].value and len(full.workspace.all_runs()) == before


@pytest.mark.slow
def test_settings_outlive_a_look_at_another_page(full):
    app = training_page("New training")
    app.slider(key="steps").set_value(700).run()
    app.switch_page("overview.py").run()
    app.query_params["view"] = "New training"  # a browser keeps no query of the page before
    app.switch_page("train.py").run()
    assert app.slider(key="steps").value == 700


# -------------------------------------------------------------------------------------------- a damaged run


@pytest.fixture
def half_damaged(full: Trained) -> Iterator[str]:
    """A workspace with a good run and a newer one whose record was cut off."""
    run = copy_run(full.run, full.workspace.runs / "damaged")
    (run.folder / "run.json").write_text((run.folder / "run.json").read_text()[:200])
    yield run.name
    full.workspace.delete_run(run)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.slow
def test_a_damaged_run_spoils_no_page(half_damaged, full, page):
    app = opened(page)
    assert not app.exception and app.sidebar.selectbox[2].value == full.run.name


def test_a_damaged_evaluation_is_named_and_deleted_once_that_was_confirmed(own):
    folder = own.run.evaluation("demo")
    folder.metrics_file.write_text("{}")
    app = opened("evaluate", run=own.run.name, demo=str(own.sample / "demo"))
    assert "metrics.json is damaged" in texts_of(app) and not app.exception
    app.checkbox(key=f"sure_damaged_{folder.folder}").check().run()
    app.button(key=f"delete_damaged_{folder.folder}").click().run()
    assert not folder.metrics_file.exists() and "damaged" not in texts_of(app)


def test_a_damaged_run_is_one_row_of_those_that_are_not_finished(half_damaged):
    table = next(d for d in training_page("All runs").dataframe if "state" in d.value).value
    assert table.set_index("run").loc[half_damaged, "state"] == "damaged"


@pytest.mark.slow
def test_while_something_is_trained_a_page_without_a_run_says_so(empty):
    empty.create_run("garden").write_status(Status("bottlenecks", 30, 400))
    words = texts_of(opened("evaluate"))
    assert "garden is being trained" in words and "once that has ended, this page shows it" in words


def test_without_pictures_no_page_is_next_as_home_asks_for_them_itself(empty):
    labels = [element.proto.label for element in opened("home").main if element.type == "page_link"]
    assert labels and not [label for label in labels if "Next" in label]
