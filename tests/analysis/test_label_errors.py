"""Which labels are probably wrong: on feature vectors whose true labels are known, and on real pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.analysis import embedding, label_errors
from poetcore.analysis.label_errors import (
    find_label_issues,
    label_issues_of,
    score_labels,
    typical_and_hard,
    unscored,
)
from poetcore.data.dataset import scan
from poetcore.errors import DatasetError
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cached_features import CachedFeatures
from tests.conftest import Trained

Vectors = dict[str, np.ndarray]


def made(counts: dict[str, int], length: int = 40, seed: int = 0) -> tuple[pd.DataFrame, Vectors]:
    """Pictures whose vectors lie around a direction of their label's."""
    rng = np.random.default_rng(seed)
    rows, vectors = [], {}
    for number, (label, count) in enumerate(counts.items()):
        centre = np.zeros(length)
        centre[number] = 4
        for i in range(count):
            sha = f"{label}{i}"
            rows.append((f"/{label}/{i}.jpg", label, sha))
            vectors[sha] = (centre + rng.normal(0, 0.5, length)).astype(np.float32)
    return pd.DataFrame(rows, columns=["path", "label", "sha"]), vectors


def test_swapped_labels_stand_first_with_the_right_suggestion() -> None:
    pictures, vectors = made({"daisy": 60, "rose": 60, "tulip": 60})
    wrong = [3, 70, 150]
    truth = pictures["label"].iloc[wrong].tolist()
    pictures.loc[wrong, "label"] = ["rose", "tulip", "daisy"]
    first = find_label_issues(pictures, vectors).head(3).set_index("path")
    assert first["suggested"].to_dict() == dict(zip(pictures["path"].iloc[wrong], truth, strict=True))
    assert (first["score"] < 0.3).all() and (first["confidence"] > 0.5).all()


def test_a_clean_set_has_no_label_issues() -> None:
    assert find_label_issues(*made({"daisy": 40, "rose": 40})).empty


def test_verified_pictures_are_excluded() -> None:
    pictures, vectors = made({"daisy": 40, "rose": 40})
    pictures.loc[[0, 1], "label"] = "rose"
    assert list(find_label_issues(pictures, vectors, verified={"daisy0"})["sha"]) == ["daisy1"]


def test_the_most_suspect_come_first_and_scores_are_probabilities() -> None:
    scored = score_labels(*made({"daisy": 30, "rose": 30, "tulip": 300}))
    assert scored["score"].is_monotonic_increasing and len(scored) == 360
    assert scored["score"].between(0, 1).all() and (scored["confidence"] >= scored["score"]).all()
    assert scored["typicality"].max() <= 1.0001


def test_a_copy_under_the_same_wrong_label_is_held_out_with_it() -> None:
    pictures, vectors = made({"daisy": 40, "rose": 40})
    copies = pd.DataFrame(
        {"path": [f"/rose/copy{i}.jpg" for i in range(6)], "label": "rose", "sha": "daisy0"}
    )
    pictures = pd.concat([pictures[pictures["sha"] != "daisy0"], copies], ignore_index=True)
    assert set(find_label_issues(pictures, vectors)["path"]) == set(copies["path"])


@pytest.mark.parametrize("few", [1, 2, 3])
def test_a_tiny_label_is_not_scored_but_can_be_suggested(few: int) -> None:
    pictures, vectors = made({"daisy": 40, "rose": 40, "tulip": few})
    assert unscored(pictures) == {"tulip": few}
    scored = score_labels(pictures, vectors)
    assert set(scored["label"]) == {"daisy", "rose"} and len(scored) == 80


def test_copies_do_not_make_a_tiny_label_larger() -> None:
    pictures = pd.DataFrame({"label": ["a"] * 9, "sha": ["same"] * 9})
    assert unscored(pictures) == {"a": 1}


@pytest.mark.parametrize("counts", [{"daisy": 30}, {"daisy": 4, "rose": 3}, {}])
def test_too_few_pictures_to_score_are_an_error(counts: dict[str, int]) -> None:
    with pytest.raises(
        DatasetError, match="at least two labels, one of them with 5 different usable pictures"
    ):
        score_labels(*made(counts))


def test_one_large_label_beside_one_picture_works() -> None:
    assert len(score_labels(*made({"daisy": 20, "rose": 1}))) == 20


def test_pictures_without_a_vector_are_excluded() -> None:
    pictures, vectors = made({"daisy": 10, "rose": 10})
    del vectors["daisy0"]
    assert "daisy0" not in set(score_labels(pictures, vectors)["sha"])


def test_equal_vectors_are_scored_without_a_warning() -> None:
    pictures, vectors = made({"daisy": 300, "rose": 300}, length=300)
    assert len(score_labels(pictures, dict.fromkeys(vectors, np.ones(300, np.float32)))) == 600


def test_typical_pictures_lie_in_the_middle_and_hard_ones_score_low() -> None:
    pictures, vectors = made({"daisy": 30, "rose": 30})
    vectors["daisy7"] = np.eye(40, dtype=np.float32)[0]  # exactly the direction of daisies
    pictures.loc[40, "label"] = "daisy"
    typical, hard = typical_and_hard(score_labels(pictures, vectors), "daisy", 3)
    assert typical["sha"].iloc[0] == "daisy7" and hard["sha"].iloc[0] == "rose10"
    assert len(typical) == len(hard) == 3


@pytest.mark.slow
def test_a_drawn_flower_in_the_wrong_folder_is_the_first_label_issue(
    trained: Trained, tmp_path: Path
) -> None:
    for file in sorted((trained.sample / "train").glob("*/*")):
        target = tmp_path / file.parent.name / file.name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    (first, second) = sorted(folder for folder in tmp_path.iterdir() if folder.is_dir())[:2]
    wrong = second / "wrong.jpg"
    sorted(first.iterdir())[0].rename(wrong)
    with trained.workspace.file_index() as index:
        dataset = scan(tmp_path, index)
    top = label_issues_of(dataset, find(DEFAULT), trained.workspace).iloc[0]
    assert (top["path"], top["suggested"]) == (str(wrong), first.name)


def test_of_very_many_pictures_no_more_than_some_thousand_vectors_are_read_at_once(monkeypatch) -> None:
    pictures, known = made({"daisy": 90, "rose": 90}, length=30)
    pictures.loc[[4, 100], "label"] = ["rose", "daisy"]
    read: list[int] = []

    class Watched(CachedFeatures):
        def stacked(self, shas: Sequence[str]) -> np.ndarray:
            read.append(len(shas))
            return np.stack([known[sha] for sha in shas])

    vectors = Watched(lambda: pytest.fail("no cache"), find(DEFAULT), list(known))
    wanted = score_labels(pictures, known)
    monkeypatch.setattr(label_errors, "_DIRECTIONS", 20)
    monkeypatch.setattr(label_errors, "IN_MEMORY", 150)
    monkeypatch.setattr(embedding, "IN_MEMORY", 150)
    monkeypatch.setattr(embedding, "_AT_ONCE", 16)
    found = score_labels(pictures, vectors)
    assert max(read) == 16
    assert set(found["sha"][:2]) == set(wanted["sha"][:2]) == {"daisy4", "rose10"}
    found, wanted = (one.set_index("sha").sort_index() for one in (found, wanted))
    np.testing.assert_allclose(found["typicality"], wanted["typicality"], atol=1e-5)
