"""A slideshow of an evaluation: what it tells beside its slides, and all of it as one file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from poetcore.errors import PictureError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.headline import Headline
from poetcore.evaluation.looks.looker import Looker
from poetcore.evaluation.slide_options import Order, Show, SlideOptions
from poetcore.evaluation.slides import Filter, Slide, deck, slide_notes
from poetcore.evaluation.slideshow.options import ShowOptions
from poetcore.evaluation.slideshow.show import MOST_SLIDES, Slideshow
from poetcore.evaluation.slideshow.show_file import ShowFile, write_show
from poetcore.system.figures import percent, score, with_interval
from poetcore.system.names import natural_key
from poetcore.system.progress import OnProgress
from poetcore.system.wording import counted
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["players", "present", "show_slides", "slideshow_file"]


def present(
    evaluation: Evaluation,
    told: Headline,
    groups: Mapping[str, str],
    slides: Sequence[Slide],
    pictures: Sequence[str],
    *,
    total: bool = True,
    **how: Any,
) -> Slideshow:
    """Return the show of an evaluation's slides, with what must be known to read it.

    Args:
        evaluation: whose slides they are.
        told: its headline.
        groups: path -> what is said of its groups of labels, as `slide_groups` returns it.
        slides: in the order of the show.
        pictures: the address of each.
        total: whether the summary tells the accuracy on all pictures.
        **how: it is presented: other attributes of `Slideshow`.
    """
    metrics = evaluation.metrics
    several = metrics.multi_label is not None
    # Of label sets what is guessed are the labels of a whole picture.
    labels = {slide.label for slide in slides} if several else metrics.labels
    return Slideshow(
        slides,
        pictures,
        sorted(labels, key=natural_key),
        mark=told.warning,
        notes=slide_notes(slides, evaluation.predictions),
        groups=[groups.get(slide.path, "") for slide in slides],
        total=_total(told, evaluation) if total else "",
        several=several,
        **how,
    )


def players(teams: bool) -> tuple[str, ...]:
    """Return who guesses, one after the other."""
    return ("Team A", "Team B") if teams else ("You",)


def show_slides(evaluation: Evaluation, options: SlideOptions) -> list[Slide]:
    """Return the slides of an evaluation's show: as many as anybody sits through.

    Raises:
        OptionError: a label does not occur.
        PictureError: there is no picture to show.
    """
    chosen = Filter(cast(Show, options.show), options.label)
    order, several = cast(Order, options.order), evaluation.metrics.multi_label is not None
    slides = deck(evaluation.predictions, chosen, order, options.seed, multi_label=several)
    if not slides:
        raise PictureError("No picture is left to show: choose --show all, or another label.")
    return slides[:MOST_SLIDES]


def slideshow_file(
    file: Path,
    slides: Sequence[Slide],
    run: Run,
    evaluation: Evaluation,
    told: Headline,
    options: ShowOptions,
    groups: Mapping[str, str],
    workspace: Workspace,
    on_progress: OnProgress | None = None,
    force: bool = False,
) -> ShowFile:
    """Write the slideshow of an evaluation as one HTML file.

    Args:
        file: where to.
        slides: of `show_slides`.
        run: that was evaluated.
        evaluation: of it.
        told: its headline.
        options: how they are presented.
        groups: as in `present`.
        workspace: where the run's network is, for heat maps.
        on_progress: called in the phase `packing_slides`.
        force: whether to replace a file that Poet did not write.

    Raises:
        BackboneError: the run's network has no heat map.
        OptionError: the file cannot be written.
        PictureError: not one picture can be read.
    """
    asked = options.slides

    def make(shown: Sequence[Slide], pictures: Sequence[str]) -> Slideshow:
        return present(
            evaluation,
            told,
            groups,
            shown,
            pictures,
            title=f"{run.title} on {dataset_title(Path(evaluation.metrics.folder))}",
            guess_first=options.guess_first,
            seconds=options.seconds,
            show=asked.show,
            players=players(options.teams and asked.batch == 1),
            batch=asked.batch,
            confidence=asked.confidence,
            run=run.name if options.heat_maps else "",
        )

    return write_show(
        file,
        slides,
        make,
        pixels=options.pixels,
        looker=Looker(run, workspace) if options.heat_maps else None,
        on_progress=on_progress,
        force=force,
    )


def _total(told: Headline, evaluation: Evaluation) -> str:
    """Return the accuracy on all pictures as the summary tells it, or what stands for it."""
    metrics, accuracy = evaluation.metrics, told.accuracy
    if sets := metrics.multi_label:
        right, of = percent(sets["subset_accuracy"]), counted(sets["pictures"], "picture")
        return f"In total {right} with all labels right, macro F1 {score(metrics.macro_f1)}, of {of}"
    if accuracy is None:
        return ""
    share = with_interval(accuracy.value, accuracy.interval)
    error = percent(None if accuracy.value is None else 1 - accuracy.value)
    return f"In total {share} right, error rate {error}, of {counted(accuracy.total, 'picture')}"
