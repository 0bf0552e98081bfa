"""Checksums beside files, and in JSON objects."""

import json

from poetcore.system.checksums import (
    add_checksum,
    checksum_file,
    is_sound,
    is_unchanged,
    sealed,
    write_checked,
)


def test_a_changed_file_is_noticed_and_one_without_a_checksum_is_not_known(tmp_path):
    file = tmp_path / "model.tflite"
    write_checked(file, b"weights")
    assert is_sound(file) is True
    file.write_bytes(b"weighty")
    assert is_sound(file) is False
    add_checksum(file)
    assert is_sound(file) is True
    checksum_file(file).unlink()
    assert is_sound(file) is None


def test_every_value_of_an_object_is_sealed_and_its_text_is_not():
    values = {"labels": ["a", "b"], "counts": {1: 2, 3: 4}, "share": 0.1, "interval": (0.5, float("nan"))}
    text = json.dumps(sealed(values), indent=2)
    assert is_unchanged(json.loads(text))
    assert is_unchanged(json.loads(text.replace("\n", "\r\n")))
    assert not is_unchanged(json.loads(text.replace("0.1", "0.3")))
    assert not is_unchanged(json.loads(text.replace('"b"', '"c"')))
    assert is_unchanged({"share": 0.1})
