"""A model file that crashes, hangs or lies ends its own process and is one sentence."""

import sys
from pathlib import Path

import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.foreign_model import ForeignModel
from poetcore.evaluation.graphs import read_labels


def model(folder: Path) -> Path:
    (folder / "labels.txt").write_text("rose\ntulip\n")
    (folder / "a.tflite").write_bytes(b"junk")
    return folder / "a.tflite"


def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"a\.tflite took too long"):
        ForeignModel(model(tmp_path), tmp_path / "labels.txt", patience=0.01)  # none starts as fast


@pytest.mark.parametrize("answer", ["nonsense", "[]", '{"found": [{}]}', '{"found": []}'])
def test_an_answer_that_is_none_is_refused(tmp_path: Path, monkeypatch, answer: str) -> None:
    code = f"import sys\nfor n, _ in enumerate(sys.stdin): print({answer!r} if n else {{}}, flush=True)"
    monkeypatch.setattr("poetcore.system.processes._command", lambda *_: [sys.executable, "-c", code])
    opened = ForeignModel(model(tmp_path), tmp_path / "labels.txt")
    with pytest.raises(OptionError, match=r"a\.tflite answered nonsense"):
        opened.classify([tmp_path / "one.jpg"])


@pytest.mark.parametrize(
    "content",
    [
        b"SECRET:x:0\nSECRET:x:0\n",
        b"-----BEGIN SECRET\nSECRET\nSECRET\n",
        b"SECRET\xff\n",
        b"SECRET\n" * 10**6,
    ],
)
def test_no_message_quotes_what_is_no_file_of_labels(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.txt").write_bytes(content)
    with pytest.raises(OptionError) as refused:
        read_labels(tmp_path / "other.txt")
    assert "SECRET" not in str(refused.value)
