"""The examples in docstrings run as they stand; those of the Python door are run where there is a run."""

import doctest
import importlib

import pytest

from tests.conftest import ROOT

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "poetcore").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8") and "api" not in path.parts
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried and not failed
