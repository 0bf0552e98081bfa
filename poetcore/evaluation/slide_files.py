"""A slideshow as files: one PNG a slide, in a folder of their own."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pandas as pd

from poetcore.data.held_out import home_of
from poetcore.errors import OptionError, PictureError, PoetError
from poetcore.evaluation.slide_options import Order, Show, SlideOptions
from poetcore.evaluation.slide_pictures import Caption, draw_slide
from poetcore.evaluation.slides import Filter, Slide, deck, slide_notes
from poetcore.system.failures import unwritable
from poetcore.system.files import cores, in_chunks, is_same_place, printable
from poetcore.system.outputs import NOTE, write_output
from poetcore.system.progress import OnProgress, Progress

__all__ = ["SlidesMade", "check_folder", "write_slides"]

#: Slides that are drawn at a time, per core.
_CHUNK = 4


@dataclass(frozen=True)
class SlidesMade:
    """What `write_slides` wrote.

    Attributes:
        files: the slides, in order.
        pictures: how many are on them.
        skipped: `{"path": ..., "reason": ...}` of each picture that is not, as it cannot be read any more.
        labels: the labels that stand on them.
    """

    files: list[Path]
    pictures: int
    skipped: list[dict[str, str]]
    labels: list[str]


def check_folder(folder: Path, dataset: Path | None = None) -> None:
    """Check that slides can be written into a folder: it is new or empty, so that they are not mixed.

    Args:
        folder: for the slides.
        dataset: what is evaluated; among its pictures slides would be taken for a label of their own.

    Raises:
        OptionError: it is a file, something lies in it, or it lies in the dataset.
    """
    outer = Path(os.path.realpath(folder)).parents
    if dataset and any(is_same_place(home_of(dataset), place) for place in outer):
        raise OptionError(
            f"{printable(folder)} lies among the pictures that are evaluated: give a folder elsewhere, so"
            " that slides are not taken for pictures of a label."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OptionError(f"{printable(folder)} is there already and not empty: give a new folder.")


def write_slides(
    folder: Path,
    predictions: pd.DataFrame,
    title: str,
    options: SlideOptions,
    *,
    multi_label: bool = False,
    groups: Mapping[str, str] | None = None,
    on_progress: OnProgress | None = None,
) -> SlidesMade:
    """Write the pictures of an evaluation as slides, each with predicted label, confidence and true label.

    Args:
        folder: new or empty; the files are called slide_001.png and so on.
        predictions: as in `Evaluation.predictions`.
        title: what is shown, in a few words; it stands on every slide.
        options: which pictures, and how.
        multi_label: as in `deck`.
        groups: path -> what is said of its groups of labels, as `slide_groups` returns it.
        on_progress: called in the phase `drawing_slides`.

    Raises:
        OptionError: the folder is not empty or cannot be written, or a label does not occur.
        PictureError: there is no picture to show.
    """
    check_folder(folder)
    chosen = Filter(cast(Show, options.show), options.label)
    slides = deck(predictions, chosen, cast(Order, options.order), options.seed, multi_label=multi_label)
    readable, skipped = _readable(slides)
    if not readable:
        raise PictureError("No picture is left to show: choose --show all, or another label.")
    notes = {
        slide.path: " · ".join(filter(None, ((groups or {}).get(slide.path), note)))
        for slide, note in zip(readable, slide_notes(readable, predictions), strict=True)
    }
    batches = list(in_chunks(readable, options.batch))
    digits = max(3, len(str(len(batches))))
    files = [folder / f"slide_{number:0{digits}}.png" for number in range(1, len(batches) + 1)]

    def write(number: int) -> None:
        batch = batches[number]
        caption = Caption(title, number * options.batch + 1, len(readable), options.confidence)
        drawn = draw_slide(batch, [notes[slide.path] for slide in batch], options.batch, caption)
        write_output(files[number], drawn)

    try:
        done = 0
        with ThreadPoolExecutor(cores()) as pool:
            # Not all at once: who stops it does not wait for those that follow.
            for chunk in in_chunks(range(len(batches)), _CHUNK * cores()):
                for _ in pool.map(write, chunk):
                    done += 1
                    if on_progress:
                        on_progress(Progress("drawing_slides", done, len(batches)))
    except (OSError, PoetError) as error:  # a full disk: what is there is no whole show
        for file in (*files, folder / NOTE):
            with suppress(OSError):
                file.unlink(missing_ok=True)
        if isinstance(error, PoetError):
            raise
        raise unwritable(folder, error, "give another folder") from None
    labels = sorted({word for slide in readable for word in (slide.label, slide.predicted)})
    return SlidesMade(files, len(readable), skipped, labels)


def _readable(slides: Sequence[Slide]) -> tuple[list[Slide], list[dict[str, str]]]:
    """Return the slides whose files are still there, and why the others are not shown."""
    there = {slide.path: Path(slide.path).is_file() for slide in slides}
    gone = [{"path": path, "reason": "is not there any more"} for path, found in there.items() if not found]
    return [slide for slide in slides if there[slide.path]], gone
