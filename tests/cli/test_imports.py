"""Commands that have little to do start at once: they import no library that they do not need."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        ("--help", {"pandas", "psutil", "rich", "scipy", "sklearn", "streamlit", "tensorflow"}),
        ("backbones", {"pandas", "psutil", "scipy", "sklearn", "streamlit", "tensorflow"}),
        # It compares figures with the files that are there now, in tables.
        ("runs", {"scipy", "sklearn", "streamlit", "tensorflow"}),
    ],
)
def test_command_imports_no_heavy_library(command, heavy, tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "poetcore", command],
        cwd=ROOT,
        env={"TFP_WORKSPACE": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "typer" in imported
    assert not imported & heavy
