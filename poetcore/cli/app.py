"""The command line: `python -m poetcore COMMAND`.

Every command takes `--workspace` and `--json`. With `--json` the last line of standard output is one JSON
object; progress and messages go to standard error. Exit status: 0 done, 2 wrong use or unusable input, 1
anything else.
"""

import typer

from poetcore.cli import dashboard as cli_dashboard
from poetcore.cli import evaluate as cli_judge
from poetcore.cli import export as cli_export
from poetcore.cli import gather as cli_gather
from poetcore.cli import overview as cli_overview
from poetcore.cli import prepare as cli_prepare
from poetcore.cli import retrain as cli_retrain
from poetcore.cli import train as cli_train
from poetcore.system.processes import run_to_exit

__all__ = ["app", "main"]

#: What typer exits with after Ctrl-C, having said nothing.
_INTERRUPTED = 130

app = typer.Typer(
    name="poetcore",
    help="Teach a picture classifier new categories, then show people how good it is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo", epilog="Example: python -m poetcore demo")(cli_train.demo)
app.command("overview", epilog="Example: python -m poetcore overview my_photos")(cli_overview.overview)
app.command("prepare", epilog="Example: python -m poetcore prepare my_photos my_set --train_per_label 200")(
    cli_prepare.prepare
)
app.command(
    "retrain",
    epilog="Example: python -m poetcore retrain --image_dir my_photos/train --how_many_training_steps 500",
)(cli_retrain.retrain)
app.command("evaluate", epilog="Example: python -m poetcore evaluate my_photos/demo --run latest")(
    cli_judge.evaluate
)
app.command("label_image", epilog="Example: python -m poetcore label_image photo.jpg --run latest")(
    cli_judge.label_image
)
app.command("export", epilog="Example: python -m poetcore export --run latest --format tflite")(
    cli_export.export
)
app.command("runs", epilog="Example: python -m poetcore runs")(cli_train.runs)
app.command("backbones", epilog="Example: python -m poetcore backbones")(cli_train.backbones)
app.command(
    "gather", epilog="Example: python -m poetcore gather my_photos --taxon 'Amanita muscaria' --count 200"
)(cli_gather.gather)
app.command("download", epilog="Example: python -m poetcore download flowers")(cli_train.download)
app.command("dashboard", epilog="Example: python -m poetcore dashboard")(cli_dashboard.dashboard)


def main() -> None:
    """Run the command line; whatever goes wrong ends in one sentence and an exit status."""
    run_to_exit(_run)


def _run() -> None:
    try:
        app()
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
