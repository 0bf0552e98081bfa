"""The command that writes an evaluation as slides: as pictures, or as a slideshow in one file."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    ForceOption,
    JsonOption,
    RunOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.errors import OptionError
from poetcore.evaluation.slideshow.options import ShowOptions
from poetcore.system.figures import file_size, percent
from poetcore.system.options import build
from poetcore.system.outputs import check_output
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

__all__ = ["slides"]


@takes_options_of(ShowOptions, after="fonts")
def slides(
    dir: Annotated[
        Path | None,
        typer.Argument(
            help="Demo folder: one folder of pictures per label, or a CSV; by default as `evaluate` takes it."
        ),
    ] = None,
    run: RunOption = "latest",
    out: Annotated[
        Path | None, typer.Option(help="A new folder for slides as pictures: slide_001.png and so on.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="The slideshow as one file, which opens in any browser without a connection."),
    ] = None,
    fonts: Annotated[
        Path | None,
        typer.Option(help="A folder of fonts (.ttf, .otf), for scripts of which this computer has none."),
    ] = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Write demo pictures with predicted label, confidence and true label: as slides, or a slideshow."""
    from poetcore.cli.group_tables import groups_on_slides
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.evaluate import evaluate
    from poetcore.evaluation.headline import headline
    from poetcore.evaluation.slide_files import check_folder, write_slides
    from poetcore.evaluation.slideshow.presenting import show_slides, slideshow_file
    from poetcore.evaluation.slideshow.show import MOST_SLIDES
    from poetcore.evaluation.slideshow.show_file import check_show_file, expected_bytes
    from poetcore.evaluation.words_pictures import add_fonts, missing_characters
    from poetcore.workspace.demo_sets import dataset_title, demo_of

    terminal, place, asked = Terminal(json), Workspace(workspace), build(ShowOptions, options)
    if (out is None) == (html is None):
        raise OptionError(
            "Say what to write: --html show.html for a slideshow in one file, or --out FOLDER for slides as"
            " pictures."
        )
    if html:
        check_show_file(html)
        check_output(html, force)
    if out:
        check_folder(out)
        _check_for_pictures(asked)
    if fonts:
        add_fonts(fonts)
    chosen = place.run(run)
    folder = dir or demo_of(chosen, place)
    if out:
        check_folder(out, folder)
    with terminal.bars() as bars:
        evaluation = evaluate(chosen, folder, place, on_progress=bars.show)
        told = headline(evaluation.metrics)
        title = f"{chosen.title} on {dataset_title(Path(evaluation.metrics.folder))}"
        groups = groups_on_slides(chosen, evaluation, terminal, confidence=asked.slides.confidence)
        if html:
            slides = show_slides(evaluation, asked.slides)
            expected = expected_bytes(slides, asked.pixels, heat_maps=asked.heat_maps)
            first = "The first " if len(slides) == MOST_SLIDES else ""
            terminal.message(f"{first}{counted(len(slides), 'picture')}: about {file_size(expected)}.")
            show = slideshow_file(
                html, slides, chosen, evaluation, told, asked, groups, place, bars.show, force
            )
            skipped, missing = show.skipped, ""
            said: dict[str, Any] = {"pictures": show.slides, "bytes": show.bytes}
            said["slides"] = -(-show.slides // asked.slides.batch)
            words = f"A slideshow of {counted(show.slides, 'picture')} in {html} ({file_size(show.bytes)})."
        elif out:
            made = write_slides(
                out,
                evaluation.predictions,
                title,
                asked.slides,
                multi_label=evaluation.metrics.multi_label is not None,
                groups=groups,
                on_progress=bars.show,
            )
            skipped, missing = made.skipped, missing_characters([title, *made.labels])
            said = {"pictures": made.pictures, "slides": len(made.files)}
            words = f"{counted(len(made.files), 'slide')} of {counted(made.pictures, 'picture')} in {out}."
    skipped = [*evaluation.metrics.skipped, *skipped]
    terminal.skipped("Excluded", skipped)
    if missing:
        terminal.message(
            f"No font of this computer has {' '.join(missing)}: they are drawn as boxes; install one that"
            " does, such as Noto Sans, or name a folder that holds it with --fonts."
        )
    accuracy = told.accuracy.value if told.accuracy else None
    error_rate = None if accuracy is None else 1 - accuracy
    terminal.answer(
        {
            "path": str(out or html),
            **said,
            "accuracy": accuracy,
            "error_rate": error_rate,
            "missing_characters": missing,
            "mark": told.mark,
            "skipped": skipped,
        },
        words,
        f"{title}: {told.sentence}."
        if error_rate is None
        else f"Accuracy of {title}: {told.sentence}; error rate {percent(error_rate)}.",
        *told.remarks,
    )


def _check_for_pictures(asked: ShowOptions) -> None:
    """Check that nothing is asked of slides as pictures that only a slideshow has.

    Raises:
        OptionError: something is.
    """
    usual = ShowOptions()
    shows = [one.name for one in fields(ShowOptions) if one.name != "slides"]
    given = [name for name in shows if getattr(asked, name) != getattr(usual, name)]
    if given:
        raise OptionError(
            f"Slides as pictures have no choice of {' and '.join(given)}: omit it, or write a slideshow with"
            " --html show.html."
        )
