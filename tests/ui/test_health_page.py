"""The health section of the overview, without a browser: what it says of which folder."""

import shutil
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from poetcore.curation.repair import Change, Repairs
from tests.conftest import encoded, fill, picture
from tests.ui.pages import opened


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of label folders with nothing wrong in it."""
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    for number in range(4):
        place = tmp_path / "insects" / ("ant", "bee")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        squares = picture(number, (8, 6)).resize((160, 120), Image.Resampling.NEAREST)
        (place / f"{number}.png").write_bytes(encoded(squares, "PNG", compress_level=0))
    return tmp_path / "insects"


def health(folder: Path, **asked: str) -> AppTest:
    """Open the health of a folder."""
    app = opened("overview", dataset=str(folder), **asked)
    app.segmented_control(key="overview_section").set_value("Health").run()
    assert not app.exception
    return app


def test_a_clean_folder_is_well_and_lists_what_was_checked(clean):
    app = health(clean)
    assert app.success[0].value.startswith("All is well")
    assert [e.label for e in app.expander][-1] == "What is checked"


@pytest.mark.slow
def test_issues_are_counted_by_check_and_label(clean):
    shutil.copy(clean / "ant/0.png", clean / "ant/again.png")
    table = health(clean).dataframe[0].value
    assert table.to_dict("records") == [
        {"severity": "warning", "check": "Exact duplicates", "pictures": 1, "ant": 1}
    ]


@pytest.mark.slow
def test_the_gravest_check_is_shown_first_with_its_advice(clean):
    shutil.copy(clean / "ant/0.png", clean / "ant/again.png")
    shutil.copy(clean / "ant/2.png", clean / "bee/moved.png")
    app = health(clean)
    assert "Conflicting labels" in [element.value for element in app.header]
    assert any("Look which label is right" in element.value for element in app.markdown)


def test_a_truncated_picture_is_listed_with_its_reason(clean):
    whole = encoded(picture(7, (300, 200)))
    (clean / "bee" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    listed = health(clean).dataframe[1].value
    assert listed["file"].tolist() == ["bee/cut.jpg"] and "truncated" in listed["what"].iloc[0]


@pytest.mark.slow
def test_the_chosen_demo_folder_is_compared_with(clean, tmp_path):
    demo = fill(tmp_path / "others", {"ant": 1})
    shutil.copy(clean / "ant/0.png", demo / "ant/x.png")
    app = health(clean, demo=str(demo))
    assert app.dataframe[0].value["check"].tolist() == ["Also in the demo folder"]


@pytest.mark.slow
def test_a_verified_picture_is_not_reported(clean):
    shutil.copy(clean / "ant/0.png", clean / "ant/again.png")
    repairs = Repairs(clean)
    repairs.propose([Change(clean / "ant/again.png", "fine", "", "exact duplicates")])
    repairs.apply()
    assert health(clean).success[0].value.startswith("All is well")


@pytest.mark.slow
def test_another_look_measures_nothing_again(clean, monkeypatch):
    app = health(clean)
    monkeypatch.setattr("poetcore.analysis.measures.measure", None)
    app.run()
    assert not app.exception and app.success


# ------------------------------------------------------------- what is no picture, or is no label


def section(app: AppTest, name: str) -> AppTest:
    return app.pills[0].set_value(name).run()


def click(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_similar_labels_are_merged_and_the_merge_is_undone(clean):
    (clean / "bee").rename(clean / "Ant")
    (clean / "Ant/1.png").unlink()
    app = section(health(clean), "similar_labels")
    assert any("upper and lower case" in one.value for one in app.markdown)
    click(app, "Merge into “ant”")
    assert not (clean / "Ant").exists() and len(list((clean / "ant").iterdir())) == 3
    click(app, "Undo")
    assert len(list((clean / "Ant").iterdir())) == 1


def test_unreadable_files_are_set_aside_with_a_button(clean):
    (clean / "bee" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0nothing")
    app = click(section(health(clean), "unreadable"), "Set this file aside")
    click(app, "Apply 1 change")
    assert (clean / "quarantine/bee/cut.jpg").is_file() and not (clean / "bee/cut.jpg").exists()


def test_labels_may_be_called_like_the_columns_of_a_table(clean):
    (clean / "ant").rename(clean / "check")
    (clean / "bee").rename(clean / "pictures")
    shutil.copy(clean / "check/0.png", clean / "check/again.png")
    (row,) = health(clean).dataframe[0].value.to_dict("records")
    assert row["check"] == "Exact duplicates" and row["check (label)"] == 1


@pytest.mark.slow
def test_a_csv_file_is_checked_and_cannot_be_repaired(clean):
    shutil.copy(clean / "ant/0.png", clean / "ant/again.png")
    rows = [f"{path},{path.parent.name}" for path in sorted(clean.rglob("*.png"))]
    listing = clean.parent / "labels.csv"
    listing.write_text("\n".join(["path,label", *rows]))
    app = health(listing)
    assert app.dataframe[0].value["check"].tolist() == ["Exact duplicates"]
    assert "read only" in "".join(caption.value for caption in app.caption)


def test_what_is_not_used_is_told_quietly_beside_the_pictures(clean):
    (clean / "empty").mkdir()
    shutil.copy(clean / "ant/0.png", clean / "loose.png")
    (clean / "bee" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0nothing")
    app = health(clean)
    app.segmented_control(key="overview_section").set_value("Pictures").run()
    told = "\n".join(caption.value for caption in app.caption).replace("\\", "")
    assert "1 file cannot be used" in told and "loose.png" in told
    assert "Remove the empty folder" in [button.label for button in app.button]
    assert click(app, "See them under Health").segmented_control(key="overview_section").value == "Health"
