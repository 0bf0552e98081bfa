"""The command line: `python -m poetcore COMMAND`.

Every command takes `--workspace` and `--json`. With `--json` the last line of standard output is one JSON
object; progress and messages go to standard error. Exit status: 0 done, 2 wrong use or unusable input, 1
anything else.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from poetcore.cli.calibrate import calibrate
from poetcore.cli.command import Command
from poetcore.cli.compare import compare
from poetcore.cli.dashboard import dashboard
from poetcore.cli.doctor import doctor
from poetcore.cli.evaluate import evaluate, label_image
from poetcore.cli.export import export
from poetcore.cli.features import features
from poetcore.cli.gather import gather
from poetcore.cli.keep_aside import keep_aside
from poetcore.cli.label_groups import label_groups
from poetcore.cli.label_video import label_video
from poetcore.cli.learning_curve import learning_curve
from poetcore.cli.listings import backbones
from poetcore.cli.options import finds_datasets, reads_paths
from poetcore.cli.overview import overview
from poetcore.cli.prepare import prepare
from poetcore.cli.publish import publish
from poetcore.cli.repairs import merge, undo
from poetcore.cli.retrain import retrain
from poetcore.cli.review import review
from poetcore.cli.runs import runs
from poetcore.cli.samples import demo, download
from poetcore.cli.slides import slides
from poetcore.cli.tune import tune
from poetcore.system.processes import run_to_exit
from poetcore.system.unkept import told_unkept
from poetcore.version import __version__

__all__ = ["app", "main"]

#: Typer's exit status after Ctrl-C; it prints nothing then.
_INTERRUPTED = 130

app = typer.Typer(
    name="poetcore",
    help="Train a picture classifier on new categories, then show people how good it is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: The commands, in the order in which help lists them, each with the arguments of an example.
_COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (demo, ""),
    (overview, "my_photos"),
    (merge, "my_photos 'Rose ' rose"),
    (undo, "my_photos"),
    (prepare, "my_photos my_set --train_per_label 200"),
    (keep_aside, "my_photos 20%"),
    (retrain, "--image_dir my_photos/train --how_many_training_steps 500"),
    (tune, "--image_dir my_photos/train --learning_rate 0.01,0.1"),
    (evaluate, "my_photos/demo --run latest"),
    (review, "my_photos/demo --run latest"),
    (compare, "first second --demo my_photos/demo"),
    (slides, "my_photos/demo --run latest --html show.html"),
    (label_image, "photo.jpg --run latest"),
    (label_video, "clip.mp4 --run latest --every 0.5"),
    (label_groups, "--run latest --group alarm=fire,smoke --recall alarm=95%"),
    (learning_curve, "--run latest"),
    (calibrate, "--run latest"),
    (export, "--run latest --format tflite"),
    (features, "my_photos --out features.npz"),
    (runs, "--best"),
    (backbones, ""),
    (gather, "my_photos --taxon 'Amanita muscaria' --count 200"),
    (download, "flowers"),
    (publish, "--run latest"),
    (dashboard, ""),
    (doctor, "--repair"),
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"poetcore {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


for _command, _arguments in _COMMANDS:
    _example = f"python -m poetcore {_command.__name__} {_arguments}".rstrip()
    # Its own short help is cut after 45 characters.
    _first_line = str(_command.__doc__).partition("\n")[0]
    app.command(_command.__name__, cls=Command, short_help=_first_line, epilog=f"Example: {_example}")(
        reads_paths(finds_datasets(_command))
    )


def main() -> None:
    """Run the command line; an error ends in one sentence on standard error and an exit status."""
    run_to_exit(_run)


def _run() -> None:
    try:
        app()
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
    finally:
        for sentence in told_unkept():
            typer.echo(sentence, err=True)
