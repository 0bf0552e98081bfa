"""The benchmarks' arithmetic, by hand-made numbers, and that they start; never how fast anything is."""

import json
import subprocess
import sys

import pytest

from poetcore.data import images
from poetcore.data.file_index import sha_of
from tests.benchmarks.campaign import Campaign, read_campaign
from tests.benchmarks.generated import many, varied
from tests.benchmarks.harness import Outcome, interleaved, run
from tests.benchmarks.table import Figure, Table, Target
from tests.conftest import PATIENCE, ROOT, encoded, picture

MACHINE = {
    "processor": "Abacus",
    "cores": 10,
    "memory_gb": 1,
    "system": "wood",
    "python": "3.11",
    "versions": {"beads": "1"},
    "when": "today",
    "load_average": [0.5, 0.4, 0.3],
    "warning": "",
}


def a_table() -> Table:
    table = Table("Beads", MACHINE)
    table.add("sum", "s", [3.0, 1.0, 2.5])
    table.aim("sum: times a calculator", 1.9, 1.8, at_least=True)
    table.aim("sum", 2.5, 2.0, unit="s")
    table.aim("nothing asked", 7.0)
    return table


def test_a_figure_has_the_median_and_not_the_mean() -> None:
    assert Figure("sum", "s", (1.0, 9.0, 2.0)).median == 2.0


def test_a_figure_tells_its_spread() -> None:
    assert str(Figure("sum", "s", (1.0, 9.0, 2.0))) == "2.00 s (1.00 to 9.00)"


def test_a_figure_that_was_measured_once_has_no_spread() -> None:
    assert str(Figure("sum", "pictures/s", (168.4,))) == "168 pictures/s"


@pytest.mark.parametrize(
    ("value", "bound", "at_least", "met"),
    [
        (1.8, 1.8, True, True),
        (1.79, 1.8, True, False),
        (2.0, 2.0, False, True),
        (2.01, 2.0, False, False),
        (1.0, None, True, None),
    ],
)
def test_a_target_is_met_or_missed(
    value: float, bound: float | None, at_least: bool, met: bool | None
) -> None:
    assert Target("sum", value, bound, at_least).met is met


def test_the_markdown_says_plainly_what_was_missed() -> None:
    lines = a_table().as_markdown().splitlines()
    assert "| sum | 2.50 s | at most 2.00 s | **no** |" in lines
    assert "| sum: times a calculator | 1.90 | at least 1.80 | yes |" in lines
    assert "| nothing asked | 7.00 |  |  |" in lines
    assert "| sum | 2.50 s (1.00 to 3.00) |" in lines


def test_a_busy_machine_is_told() -> None:
    warned = Table("Beads", MACHINE | {"warning": "The machine was not idle."})
    assert "**The machine was not idle.**" in warned.as_markdown()


def test_the_json_has_every_value(tmp_path) -> None:
    a_table().write(tmp_path, "beads")
    read = json.loads((tmp_path / "beads.json").read_text())
    assert read["figures"] == [
        {"name": "sum", "unit": "s", "median": 2.5, "lowest": 1.0, "highest": 3.0, "values": [3.0, 1.0, 2.5]}
    ]
    assert [target["met"] for target in read["targets"]] == [True, False, None]


def test_peers_run_in_turn() -> None:
    order: list[tuple[str, int]] = []

    def runs(name: str):
        return lambda turn: order.append((name, turn)) or Outcome(float(turn), 0.0, {})

    found = interleaved({"a": runs("a"), "b": runs("b")}, 2)
    assert order == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert [outcome.seconds for outcome in found["b"]] == [0.0, 1.0]


def test_a_campaign_is_read_as_it_was_told(capsys) -> None:
    told = Campaign("kills", "python -m kills", 1264, 1263, silent=2, seed=1, notes=("one was slow.",))
    told.report()
    printed = capsys.readouterr().out.splitlines()
    assert "| kills | 1,264 | 1,263 | 0 | **2** | 0 | 1 | `python -m kills` |" in printed
    assert "- kills: one was slow." in printed
    assert read_campaign(printed[-1]) == told and not told.clean


def test_a_process_tells_its_answer_and_its_memory() -> None:
    outcome = run([sys.executable, "-c", "held = b'x' * 200_000_000; print('so'); print('{\"is\": 1}')"])
    assert outcome.answer == {"is": 1}
    assert outcome.peak_mb > 200


def test_a_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        run([sys.executable, "-c", "raise ValueError('no such thing')"])


@pytest.mark.slow
def test_generated_pictures_are_all_different_and_whole(tmp_path) -> None:
    files = [file for file in many(tmp_path, 2_011).rglob("*") if file.is_file()]
    assert len({sha_of(file.read_bytes()) for file in files}) == 2_011
    repeated = tmp_path / "daisy" / "001000.jpg"  # shows the same as the first one
    assert images.to_square(repeated.read_bytes(), 64).shape == (64, 64, 3)


def test_a_comment_changes_no_pixel() -> None:
    content = encoded(picture(3))
    other = varied(content, 7)
    assert other != content
    assert (images.to_square(other, 32) == images.to_square(content, 32)).all()


@pytest.mark.parametrize(
    "module",
    [
        "tests.benchmarks",
        "tests.benchmarks.audience",
        "tests.benchmarks.campaigns",
        "tests.benchmarks.first_curve",
        "tests.benchmarks.growth",
        "tests.benchmarks.peers",
    ],
)
def test_help_says_how_to_run_them(module: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert shown.returncode == 0 and f"python -m {module}" in shown.stdout
