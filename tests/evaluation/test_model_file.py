"""Model files that cannot be run: each ends in one sentence that names it."""

import pytest

from poetcore.errors import PoetError
from poetcore.evaluation.model_file import ModelFile
from tests.conftest import fill


@pytest.mark.parametrize(
    ("name", "words"), [("junk.tflite", "cannot be run by LiteRT"), ("junk.pb", "is not a TensorFlow graph")]
)
def test_damaged_file_is_refused_in_one_sentence(name, words, workspace, tmp_path):
    (tmp_path / name).write_bytes(b"junk")
    (tmp_path / "labels.txt").write_text("rose\ntulip\n")
    demo = fill(tmp_path / "demo", {"rose": 1, "tulip": 1})
    with pytest.raises(PoetError, match=words) as refused:
        ModelFile(tmp_path / name, tmp_path / "labels.txt").evaluate(demo, workspace)
    assert name in str(refused.value) and not str(refused.value).startswith("Error")


def test_without_labels_it_is_said_which_file_is_missing(tmp_path):
    (tmp_path / "old_graph.pb").touch()
    with pytest.raises(PoetError, match="old_labels.txt cannot be read"):
        ModelFile(tmp_path / "old_graph.pb").labels()
