"""A model file that crashes, hangs or lies ends its own process and is one sentence."""

import sys
from pathlib import Path

import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.foreign_model import ForeignModel
from poetcore.evaluation.graphs import read_labels
from poetcore.evaluation.model_file_loading import load_onnx


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


@pytest.mark.parametrize("key", [b"\n\x08", b"\n\x88\x00", b"\n\x88\x80\x00", b"\x8a\x80\x00\x08"])
def test_an_onnx_file_names_no_other_file_however_that_is_written(tmp_path: Path, key: bytes) -> None:
    pytest.importorskip("onnxruntime")
    entry = key + b"location\x12\x0c../../secret"  # of a tensor's external_data
    (tmp_path / "a.onnx").write_bytes(b"\x08\x08" + bytes([0x6A, len(entry)]) + entry)
    with pytest.raises(OptionError, match="weights in other files"):
        load_onnx(tmp_path / "a.onnx")


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
