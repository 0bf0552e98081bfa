"""On which backend Keras runs: as Keras itself finds it, and one sentence where it cannot."""

import json
import sys
from types import SimpleNamespace

import pytest

from poetcore.errors import OptionError
from poetcore.system.keras_backend import check_backend, configured_backend


@pytest.fixture(autouse=True)
def keras_not_imported(monkeypatch, tmp_path):
    for name in ("keras", "jax", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


def test_without_any_setting_it_is_tensorflow():
    assert configured_backend() == "tensorflow"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"backend": null}', '{"floatx": "float32"}'])
def test_a_file_that_says_nothing_means_tensorflow(text, tmp_path):
    (tmp_path / "keras.json").write_text(text)
    assert configured_backend() == "tensorflow"


def test_the_environment_goes_before_the_file_and_an_empty_one_does_not(monkeypatch, tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "torch"}))
    assert configured_backend() == "torch"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert configured_backend() == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "")
    assert configured_backend() == "torch"


def test_the_file_lies_in_the_home_of_keras_or_of_the_user(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps({"backend": "jax"}))
    assert configured_backend() == "jax"


def test_keras_that_is_imported_already_stays_on_its_backend(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(config=SimpleNamespace(backend=lambda: "jax")))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert configured_backend() == "jax"
    with pytest.raises(
        OptionError, match=r"runs on jax in this process already, and cannot run on tensorflow"
    ):
        check_backend("tensorflow")


def test_an_unknown_backend_is_refused_with_the_choices_and_where_it_is_set(tmp_path):
    with pytest.raises(OptionError, match=r"'cntk' of Keras: .*keras\.json.* tensorflow, jax, torch\.$"):
        check_backend("cntk")


def test_a_backend_that_is_not_installed_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(OptionError, match="keras on torch needs torch.*`pip install torch`.* litert\\.$"):
        check_backend("torch")
