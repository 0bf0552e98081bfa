"""The command that writes an evaluation as slides: pictures with their labels on them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    JsonOption,
    RunOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.evaluation.slide_options import SlideOptions
from poetcore.system.figures import percent
from poetcore.system.options import build
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

__all__ = ["slides"]


@takes_options_of(SlideOptions, after="fonts")
def slides(
    out: Annotated[Path, typer.Option(help="A new folder for them: slide_001.png and so on.")],
    dir: Annotated[
        Path | None,
        typer.Argument(
            help="Demo folder: one folder of pictures per label, or a CSV; by default as `evaluate` takes it."
        ),
    ] = None,
    run: RunOption = "latest",
    fonts: Annotated[
        Path | None,
        typer.Option(help="A folder of fonts (.ttf, .otf), for scripts of which this computer has none."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Write demo pictures as slides, 1920 x 1080, with predicted label, confidence and true label on them."""
    from poetcore.cli.group_tables import groups_on_slides
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.evaluate import evaluate
    from poetcore.evaluation.headline import headline
    from poetcore.evaluation.slide_files import check_folder, write_slides
    from poetcore.evaluation.words_pictures import add_fonts, missing_characters
    from poetcore.workspace.demo_sets import dataset_title, demo_of

    terminal, place, chosen_options = Terminal(json), Workspace(workspace), build(SlideOptions, options)
    check_folder(out)
    if fonts:
        add_fonts(fonts)
    chosen = place.run(run)
    folder = dir or demo_of(chosen, place)
    check_folder(out, folder)
    with terminal.bars() as bars:
        evaluation = evaluate(chosen, folder, place, on_progress=bars.show)
        title = f"{chosen.title} on {dataset_title(Path(evaluation.metrics.folder))}"
        made = write_slides(
            out,
            evaluation.predictions,
            title,
            chosen_options,
            multi_label=evaluation.metrics.multi_label is not None,
            groups=groups_on_slides(chosen, evaluation, terminal, confidence=chosen_options.confidence),
            on_progress=bars.show,
        )
    skipped = [*evaluation.metrics.skipped, *made.skipped]
    terminal.skipped("Excluded", skipped)
    missing = missing_characters([title, *made.labels])
    if missing:
        terminal.message(
            f"No font of this computer has {' '.join(missing)}: they are drawn as boxes; install one that"
            " does, such as Noto Sans, or name a folder that holds it with --fonts."
        )
    told = headline(evaluation.metrics)
    accuracy = told.accuracy.value if told.accuracy else None
    error_rate = None if accuracy is None else 1 - accuracy
    terminal.answer(
        {
            "path": str(out),
            "slides": len(made.files),
            "pictures": made.pictures,
            "accuracy": accuracy,
            "error_rate": error_rate,
            "missing_characters": missing,
            "mark": told.mark,
            "skipped": skipped,
        },
        f"{counted(len(made.files), 'slide')} of {counted(made.pictures, 'picture')} in {out}.",
        f"{title}: {told.sentence}."
        if error_rate is None
        else f"Accuracy of {title}: {told.sentence}; error rate {percent(error_rate)}.",
        *told.remarks,
    )
