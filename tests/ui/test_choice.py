"""The chosen dataset, demo folder and run: where they come from, and that they stay."""

import io
import shutil
import zipfile

import pytest

from poetcore.data.dataset import scan
from poetcore.ui import fields
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import keep_aside, make_testing_list
from tests.browser.dashboard import copy_of, copy_run
from tests.conftest import encoded, fill, picture
from tests.ui.pages import linked, opened, uploaded

pytestmark = pytest.mark.slow


def test_the_only_dataset_demo_folder_and_run_are_chosen_by_themselves(full):
    picked = [box.value for box in opened("home").sidebar.selectbox]
    assert picked == [str(full.sample / "train"), str(full.sample / "demo"), full.run.name]


def test_a_visit_begins_with_the_dataset_of_the_newest_run(own):
    fill(own.workspace.datasets / "another", {"ant": 2, "bee": 2})
    picked = [box.value for box in opened("home").sidebar.selectbox]
    assert picked == [str(own.sample / "train"), str(own.sample / "demo"), own.run.name]


def test_the_choice_is_in_the_address(full):
    assert opened("home").query_params["run"] == full.run.name


def test_a_run_in_the_address_is_chosen(full):
    app = opened("train", run=full.run.name)
    assert app.sidebar.selectbox(key="pick_run").value == full.run.name


def noticed(app):
    return [one.value for one in app.main.warning]


def test_an_unknown_run_in_the_address_is_told_in_the_page_and_no_other_is_taken(full):
    app = opened("evaluate", run="nobody")
    assert noticed(app)[0].startswith("Run not found: nobody.") and not app.exception
    assert (app.query_params["run"], app.metric.len) == ("nobody", 0)
    assert app.button(key="instead_run").label == f"Use {plain(full.run.title)}"


def test_a_damaged_run_in_the_address_is_told_as_such(own):
    (own.run.folder / "run.json").write_text("{")
    assert noticed(opened("evaluate", run=own.run.name))[0].startswith(f"The run {own.run.name} is damaged: ")


def test_a_run_with_nearly_the_name_is_offered(full):
    app = opened("evaluate", run=full.run.name + "x")
    next(button for button in app.main.button if button.key == "instead_run").click().run()
    assert picked(app)[2] == full.run.name and not noticed(app)


@pytest.mark.parametrize(("page", "name"), [("overview", "dataset"), ("evaluate", "demo")])
def test_a_folder_in_the_address_that_is_none_is_told_in_the_page_and_kept(full, page, name):
    app = opened(page, **{name: "/no/such/folder"})
    assert "not found: /no/such/folder." in noticed(app)[0] and app.metric.len == 0
    assert app.sidebar.selectbox(key=f"pick_{name}").value == app.query_params[name] == "/no/such/folder"


def test_a_page_that_does_without_what_is_missing_goes_on(full):
    app = opened("overview", run="nobody")
    assert noticed(app) and app.metric.len


def test_a_folder_with_nearly_the_name_is_offered(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("overview", dataset=str(tmp_path / "insetcs"))
    next(button for button in app.main.button if button.key == "instead_dataset").click().run()
    assert picked(app)[0] == str(folder)


def test_a_known_folder_in_the_address_becomes_the_dataset(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    with full.workspace.file_index() as index:
        scan(folder, index)
    assert linked("overview", dataset=str(folder)).metric[0].value == "4"


@pytest.mark.parametrize("name", ["dataset", "demo"])
def test_a_new_folder_in_the_address_is_looked_at_once_somebody_agrees(full, tmp_path, name, monkeypatch):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    monkeypatch.setattr(fields, "dataset_exists", lambda path: pytest.fail(f"{path} was looked at"))
    app = linked("evaluate" if name == "demo" else "overview", **{name: str(folder)})
    assert "never used here" in noticed(app)[0] and app.metric.len == 0
    assert app.run().metric.len == 0  # a second run of the page has not agreed
    monkeypatch.undo()
    button = next(one for one in app.main.button if one.label == "Use it")
    assert getattr(button.click().run().session_state["choice"], name) == folder


def test_what_was_typed_here_is_not_asked_about_after_a_reload(empty, tmp_path):
    (listing := tmp_path / "insects.csv").write_text("path,label\n")
    opened("predict", dataset=str(listing))
    assert not noticed(linked("predict", dataset=str(listing)))


@pytest.mark.parametrize("text", ["x" * 5000, "/" + "x/" * 2500, "/a\0b", "\0", "//host/share", "~", "../.."])
def test_an_address_with_any_text_is_asked_about(full, text):
    app = linked("overview", dataset=text, demo=text)
    assert not app.exception and "never used here" in noticed(app)[0]


def test_a_chosen_dataset_stays_chosen_on_the_next_page(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("home", dataset=str(folder))
    app.switch_page("overview.py").run()
    assert app.metric[0].value == "4"


def test_two_datasets_whose_paths_end_alike_can_be_told_apart(empty, tmp_path):
    first = fill(tmp_path / "home" / "set" / "train", {"ant": 2, "bee": 2})
    second = fill(empty.datasets / "set" / "train", {"ant": 2, "bee": 2})
    app = opened("home", dataset=str(first))
    box = app.sidebar.selectbox(key="pick_dataset")
    assert box.options == ["home/set/train", "datasets/set/train"]
    assert box.select("datasets/set/train").run().query_params["dataset"] == str(second)


def test_two_sources_whose_paths_end_alike_can_be_told_apart(empty, tmp_path):
    first = fill(tmp_path / "home" / "set" / "train", {"ant": 2, "bee": 2})
    fill(empty.datasets / "set" / "train", {"ant": 2, "bee": 2})
    app = opened("prepare", dataset=str(first))
    (source,) = (box for box in app.main.selectbox if box.label == "Pictures to choose from")
    assert source.options == ["home/set/train", "datasets/set/train"] and source.value == str(first)


def test_a_run_that_ended_on_another_page_is_announced(trained, tmp_path, monkeypatch):
    own = copy_of(trained, tmp_path)
    monkeypatch.setenv("TFP_WORKSPACE", str(own.workspace.root))
    app = opened("home")
    assert not app.toast
    copy_run(own.run, own.workspace.runs / "second")
    assert [toast.value for toast in app.run().toast] == ["The run second is ready: choose it under *Run*."]
    assert picked(app)[2] == own.run.name


def test_a_name_that_is_markdown_is_shown_as_it_is(full):
    name = "![x](http://evil.example/x.png)"
    app = opened("home", run=name)
    assert noticed(app)[0].startswith(f"Run not found: {plain(name)}.")


# ------------------------------------------------------------------------- what belongs together


def picked(app):
    return [box.value for box in app.sidebar.selectbox]


def change(app, name, text):
    """Choose what is no option yet; AppTest cannot type into a select box, so as a page does it."""
    app.session_state[f"next_{name}"] = str(text)
    return picked(app.run())


def change_dataset(app, folder):
    return change(app, "dataset", folder)


def test_another_dataset_without_demo_folder_and_run_leaves_none_of_the_former_chosen(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("home")
    assert change_dataset(app, folder) == [str(folder), None, None]
    assert not {"demo", "run"} & set(app.query_params)


def test_going_back_to_a_dataset_brings_its_demo_folder_and_run_back(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("home", dataset=str(folder))
    back = change_dataset(app, full.sample / "train")
    assert back == [str(full.sample / "train"), str(full.sample / "demo"), full.run.name]


def test_a_demo_folder_that_was_chosen_for_a_dataset_is_kept_for_it(full, tmp_path):
    own = fill(tmp_path / "own", {"daisy": 2, "rose": 2})
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("home")
    change(app, "demo", own)
    change_dataset(app, folder)
    assert change_dataset(app, full.sample / "train")[1] == str(own)


def test_a_run_of_another_dataset_can_be_chosen_and_is_told(full, tmp_path):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened("home", dataset=str(folder))
    app.sidebar.selectbox(key="pick_run").set_value(full.run.name).run()
    assert picked(app)[2] == full.run.name
    assert "not on the dataset above" in app.sidebar.caption[0].value


@pytest.mark.parametrize("page", ["evaluate", "predict"])
def test_a_page_without_a_run_of_the_dataset_says_so(full, tmp_path, page):
    folder = fill(tmp_path / "insects", {"ant": 2, "bee": 2})
    app = opened(page, dataset=str(folder))
    assert "No run was trained on the chosen dataset" in app.info[0].value


# ------------------------------------------------------------------------------- pasted paths


def test_a_pasted_path_is_understood(empty, tmp_path, monkeypatch):
    folder = fill(tmp_path / "my insects", {"ant": 2, "bee": 2})
    monkeypatch.setenv("POET_TEST_HOME", str(tmp_path))
    app = opened("home")
    for text in (f'  "{folder}" ', f"{folder.as_uri()}/", "$POET_TEST_HOME/my insects/", f"{folder}\\"):
        assert change_dataset(app, text)[0] == str(folder)


def test_a_path_that_can_be_none_is_explained_and_stays_to_be_corrected(full):
    app = opened("home")
    assert change_dataset(app, "~nobody-here/x")[0] == "~nobody-here/x"
    assert "nobody-here" in noticed(app)[0]


# -------------------------------------------------------------------------- one folder too high


@pytest.fixture
def divided(tmp_path):
    for part in ("train", "test"):
        fill(tmp_path / "photos" / part, {"ant": 3, "bee": 3})
    return tmp_path / "photos"


@pytest.mark.parametrize("page", ["home", "overview", "train", "prepare"])
def test_one_click_takes_the_training_and_the_demo_folder_of_a_divided_set(empty, divided, page):
    app = opened(page, dataset=str(divided))
    assert not app.exception
    offers = [button for button in app.button if button.label.startswith("Use photos/train")]
    assert offers[0].label == "Use photos/train and photos/test as demo folder"
    offers[0].click().run()
    assert picked(app)[:2] == [str(divided / "train"), str(divided / "test")]


def test_an_unpacked_zip_file_has_its_own_demo_folder_and_no_run_of_another_dataset(own, monkeypatch):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for label, seed in {"ant": 1, "bee": 2}.items():
            archive.writestr(f"insects/{label}/a.jpg", encoded(picture(seed)))
    uploaded(own.workspace, {"insects.zip": content.getvalue()}, monkeypatch)
    app = opened("overview").button(key="bring").click().run()
    dataset, demo, run = picked(app)
    assert dataset == str(own.workspace.datasets / "insects") and (demo, run) == (None, None)


def test_what_came_out_of_a_zip_file_is_told_where_it_is_seen(own, monkeypatch):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("loose.jpg", encoded(picture(9)))
        for label, seed in {"ant": 1, "bee": 2}.items():
            archive.writestr(f"insects/{label}/a.jpg", encoded(picture(seed)))
    uploaded(own.workspace, {"wrapped.zip": content.getvalue()}, monkeypatch)
    app = opened("overview").button(key="bring").click().run()
    told = [one.value for one in app.caption if "brought" in one.value]
    assert len(told) == 1 and "2 pictures were brought into" in told[0]
    assert app.main.dataframe[0].value.to_numpy().tolist() == [["loose.jpg", "lies in no label folder"]]
    app.selectbox(key="pick_dataset").set_value(str(own.workspace.datasets / "sample" / "train")).run()
    assert not any("brought" in one.value for one in app.caption)


def test_the_path_of_a_zip_file_is_told_where_one_is_brought_in(own, tmp_path):
    (tmp_path / "insects.zip").touch()
    app = opened("home", dataset=str(tmp_path / "insects.zip"))
    (warning,) = noticed(app)
    assert "is a file" in warning and "*Bring pictures*" in warning


def test_the_first_run_of_the_dataset_is_chosen_once_it_is_there(trained, tmp_path, monkeypatch):
    own = copy_of(trained, tmp_path)
    monkeypatch.setenv("TFP_WORKSPACE", str(own.workspace.root))
    aside = own.run.folder.rename(tmp_path / "aside")
    app = opened("evaluate")
    assert picked(app)[2] is None
    aside.rename(own.run.folder)
    assert picked(app.run())[2] == own.run.name


# ------------------------------------------------------------------------------ without a demo folder


@pytest.fixture
def alone(own):
    """A run on a dataset without a demo folder beside it; the run's testing pictures are listed."""
    shutil.rmtree(own.sample / "demo")
    make_testing_list(own.run)
    return own


def test_without_a_demo_folder_the_testing_pictures_of_the_run_are_chosen(alone):
    app = opened("home")
    assert picked(app)[1] == str(alone.run.testing_file)
    box = app.sidebar.selectbox(key="pick_demo")
    assert box.options == [f"testing pictures of {alone.run.title}"]


def test_another_run_brings_its_own_testing_pictures(alone):
    second = copy_run(alone.run, alone.workspace.runs / "second")
    (second.folder / "testing.json").unlink(missing_ok=True)
    make_testing_list(second)
    app = opened("home", run="first", demo=str(alone.run.testing_file))
    assert change(app, "run", "second")[1] == str(second.testing_file)


def test_what_is_kept_aside_of_a_dataset_is_offered_as_its_demo_pictures(alone):
    with alone.workspace.file_index() as index:
        place = keep_aside(scan(alone.sample / "train", index), alone.workspace, "20%")
    app = opened("home")
    assert "sample/train (20 % kept aside)" in " ".join(app.sidebar.selectbox(key="pick_demo").options)
    assert change(app, "demo", place)[1] == str(place)
