"""The slideshow of an evaluation as its settings want it: its slides, and what makes a show of them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.headline import Headline
from poetcore.evaluation.slides import Slide, deck, deck_rows
from poetcore.evaluation.slideshow.presenting import present
from poetcore.evaluation.slideshow.show import MOST_SLIDES, Slideshow
from poetcore.ui.gallery.pictures import addresses
from poetcore.ui.label_groups.predicted import groups_on_slides
from poetcore.ui.results.slide_settings import SlideSettings
from poetcore.workspace.run import Run

__all__ = ["ChosenSlides", "choose_slides"]

#: Longer side in pixels of a picture alone, and among others: four of them are as wide as two large screens.
_ALONE, _IN_A_BATCH = 1920, 960


@dataclass(frozen=True)
class ChosenSlides:
    """The slides of a show.

    Attributes:
        slides: at most `MOST_SLIDES` of them.
        total: how many pictures were chosen.
        settings: of the show.
    """

    slides: list[Slide]
    total: int
    settings: SlideSettings

    def maker(
        self, run: Run, evaluation: Evaluation, told: Headline, pictures: str
    ) -> Callable[..., Slideshow]:
        """Return what makes the show of slides and the addresses of their pictures; see `present`.

        Args:
            run: which was evaluated.
            evaluation: whose slides they are.
            told: its headline.
            pictures: what the evaluated pictures are called.
        """
        settings = self.settings
        return functools.partial(
            present,
            evaluation,
            told,
            groups_on_slides(run, evaluation, self.slides, confidence=settings.confidence),
            total=settings.total,
            guess_first=settings.guess_first,
            title=f"{run.title} on {pictures}" if settings.run_name else pictures,
            show=settings.filter.show,
            players=settings.players,
            batch=settings.batch,
            confidence=settings.confidence,
        )

    def addresses(self) -> list[str]:
        """Return the address of each slide's picture, as large as it is shown."""
        pixels = _ALONE if self.settings.batch == 1 else _IN_A_BATCH
        return addresses([slide.path for slide in self.slides], pixels=pixels)


def choose_slides(evaluation: Evaluation, there: pd.DataFrame, settings: SlideSettings) -> ChosenSlides:
    """Choose the slides of a show.

    Args:
        evaluation: whose pictures they are.
        there: those of its predictions that can be shown.
        settings: of the show.

    Raises:
        OptionError: a label that does not occur.
    """
    several = evaluation.metrics.multi_label is not None
    rows = deck_rows(there, settings.filter, settings.order, settings.seed, multi_label=several)
    return ChosenSlides(deck(rows.head(MOST_SLIDES), multi_label=several), len(rows), settings)
