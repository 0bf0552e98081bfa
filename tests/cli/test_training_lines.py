"""What a terminal shows of a training while it goes on."""

import re

import pytest

from poetcore.cli.terminal import Terminal
from poetcore.cli.training_lines import TrainingLines
from poetcore.data.dataset import scan
from poetcore.system.progress import Progress
from poetcore.training.preview import PreviewReport
from poetcore.training.progress import (
    PreviewProgress,
    ScannedProgress,
    StrengthProgress,
    TrainingProgress,
)
from poetcore.training.ridge_layer import Strength
from poetcore.training.train import StepReport
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill


def train(
    steps: int, *, interval: int = 10, accuracy: float = 0.96, validation: float | None = 0.5, **how: bool
) -> None:
    """Show the reports of a training as `retrain` does; `how` may hold `as_json` and `verbose`."""
    terminal = Terminal(how.pop("as_json", False))
    with terminal.bars() as bars:
        lines = TrainingLines(terminal, bars, **how)
        lines.show(Progress("training", 0, steps))
        for step in [*range(interval, steps, interval), steps]:
            report = StepReport(step, accuracy, 0.1234, validation, validation)
            lines.show(TrainingProgress("training", step, steps, step=report))


def steps_in(shown: str) -> list[int]:
    return [int(one.replace(",", "")) for one in re.findall(r"^Step +([\d,]+):", shown, re.MULTILINE)]


def test_every_tenth_of_the_steps_is_printed(capsys):
    train(4000)
    assert steps_in(capsys.readouterr().out) == list(range(400, 4001, 400))


def test_with_fewer_reports_than_tenths_each_is_printed(capsys):
    train(25)
    assert steps_in(capsys.readouterr().out) == [10, 20, 25]


def test_verbose_prints_every_report(capsys):
    train(500, verbose=True)
    assert steps_in(capsys.readouterr().out) == list(range(10, 501, 10))


def test_a_line_has_the_figures_of_the_original_script(capsys):
    train(1000, interval=1000)
    line = "Step 1,000: train accuracy  96.0 %, cross entropy 0.123, validation  50.0 %\n"
    assert capsys.readouterr().out == line


def test_a_strength_of_ridge_regression_is_a_line(capsys):
    terminal = Terminal(False)
    with terminal.bars() as bars:
        one = Strength(0.3, 0.97, 0.1, 0.888, 0.2994, 1.1)
        TrainingLines(terminal, bars).show(StrengthProgress("training", 5, 7, strength=one))
    line = "Strength 0.3  : train accuracy  97.0 %, left out  88.8 %, cross entropy 0.299\n"
    assert capsys.readouterr().out == line


def test_a_line_of_a_long_training_fits_80_columns(capsys):
    train(100_000, interval=10_000, accuracy=1.0, validation=1.0)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_without_validation_pictures_their_accuracy_is_not_printed(capsys):
    train(10, validation=None)
    assert "validation" not in capsys.readouterr().out


def test_with_json_the_lines_stay_off_standard_output(capsys):
    train(20, as_json=True)
    out, err = capsys.readouterr()
    assert (out, steps_in(err)) == ("", [10, 20])


def test_in_a_terminal_the_lines_stand_above_the_bars(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich's sign that the output is a terminal's
    train(20)
    out, err = capsys.readouterr()
    assert out == "" and "Step 10:" in err and "Training the last layer" in err


def test_labels_of_very_different_size_are_told_as_soon_as_they_are_counted(capsys, tmp_path):
    terminal = Terminal(False)
    folder = fill(tmp_path / "pictures", {"fire": 61, "smoke": 20})
    with Workspace(tmp_path / "tf_files").file_index() as index:
        dataset = scan(folder, index)
    with terminal.bars() as bars:
        lines = TrainingLines(terminal, bars)
        lines.show(ScannedProgress("scanning", 81, 81, dataset=dataset))
    (warning,) = lines.warnings
    assert capsys.readouterr().out == f"{warning}\n"
    assert warning.startswith("Out of balance: fire has 61 pictures, smoke only 20.")


@pytest.mark.parametrize("command", ["retrain", "demo"])
def test_both_commands_that_train_take_verbose(command):
    import typer

    from poetcore.cli.app import app

    options = typer.main.get_command(app).commands[command].params
    assert any("--verbose" in one.opts for one in options)


def test_a_preview_is_a_line_where_its_pictures_have_doubled(capsys):
    terminal = Terminal(False)
    with terminal.bars() as bars:
        lines = TrainingLines(terminal, bars)
        for pictures in (640, 960, 1440):
            found = PreviewReport(pictures, 10_000, 0.8123, 0.5)
            lines.show(PreviewProgress("bottlenecks", pictures, 10_000, preview=found))
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Preview")]
    assert shown == [
        "Preview on 640 of 10,000 pictures: 81 %; the training on all follows.",
        "Preview on 1,440 of 10,000 pictures: 81 %; the training on all follows.",
    ]
