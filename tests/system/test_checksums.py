"""Checksums beside files, and in JSON objects."""

import json

import pytest

from poetcore.system.checksums import (
    add_checksum,
    checksum_file,
    is_sound,
    sealed,
    unsealed,
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
    values = {"labels": ["a", "b"], "counts": {1: 2, 3: 4}, "share": 0.1, "interval": (0.5, 0.75)}
    text = json.dumps(sealed(values), indent=2)
    assert unsealed(json.loads(text.replace("\n", "\r\n")))["share"] == 0.1
    for old, new in (("0.1", "0.3"), ('"b"', '"c"'), ('"share"', '"sharf"')):
        with pytest.raises(ValueError, match="not those that were written"):
            unsealed(json.loads(text.replace(old, new)))
    assert unsealed({"share": 0.1}) == {"share": 0.1}
