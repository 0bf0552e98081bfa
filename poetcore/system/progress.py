"""How far a long task is: one shape for every function that takes a while, and the words for each phase."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["PHASES", "RUN_PHASES", "OnProgress", "Phase", "Progress", "ProgressLog", "tell"]

#: Seconds between two lines of the same words in a log file.
_LOG_SECONDS = 5


@dataclass(frozen=True)
class Phase:
    """A part of a long task.

    Attributes:
        words: what people read while it lasts.
        in_run: whether `status.json` of a run may hold it.
    """

    words: str
    in_run: bool = False


#: Every phase by its name, those of a run in the order in which they come.
PHASES = {
    "starting": Phase("Starting", in_run=True),
    "downloading": Phase("Downloading (bytes)"),
    "gathering": Phase("Gathering pictures"),
    "drawing": Phase("Drawing sample flowers", in_run=True),
    "scanning": Phase("Scanning the folder", in_run=True),
    "decoding": Phase("Decoding pictures"),
    "measuring": Phase("Measuring pictures"),
    "copying": Phase("Copying pictures"),
    "moving": Phase("Moving pictures"),
    "backbone": Phase("Preparing the backbone", in_run=True),
    "bottlenecks": Phase("Extracting features (bottlenecks)", in_run=True),
    "hashing": Phase("Looking for near duplicates", in_run=True),
    "training": Phase("Training the last layer", in_run=True),
    "feature_maps": Phase("Computing feature maps for fine-tuning (once)", in_run=True),
    "fine_tuning": Phase("Fine-tuning the network", in_run=True),
    "cross_validating": Phase("Cross validation of the last layer", in_run=True),
    "testing": Phase("Testing", in_run=True),
    "evaluating": Phase("Evaluating on the demo pictures", in_run=True),
    "predicting": Phase("Predicting labels"),
    "learning_curve": Phase("Training on parts of the pictures"),
    "tuning": Phase("Trying settings"),
    "projecting": Phase("Arranging the map"),
    "drawing_slides": Phase("Drawing slides"),
    "packing_slides": Phase("Packing the slideshow"),
    "exporting": Phase("Exporting the model"),
    "comparing": Phase("Comparing the export with the app"),
    "examining": Phase("Examining the workspace"),
}

#: The phases of a run, in their order: what `status.json` holds until the run ends.
RUN_PHASES = tuple(name for name, phase in PHASES.items() if phase.in_run)


@dataclass(frozen=True)
class Progress:
    """How far a long task is.

    Attributes:
        phase: one of `PHASES`.
        done: items done in this phase.
        total: items of this phase; 0 where it is not known.
        message: a sentence to show instead of the phase's words, or "".
    """

    phase: str
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def words(self) -> str:
        """The message, or the words of its phase."""
        return self.message or PHASES[self.phase].words

    @property
    def text(self) -> str:
        """The words with the figures, where the total is known: `Training the last layer: 30 of 4,000`."""
        return f"{self.words}: {self.done:,} of {self.total:,}" if self.total else self.words

    @property
    def share(self) -> float:
        """The part that is done, 0 to 1; 0 where the total is not known."""
        return min(1.0, self.done / self.total) if self.total else 0.0


#: What a long function calls often; an exception that it raises ends the work.
OnProgress = Callable[[Progress], object]


def tell(on_progress: OnProgress | None, phase: str, message: str) -> None:
    """Tell a sentence that must not be lost: as progress, or as a warning where nobody follows that.

    Args:
        on_progress: called with it.
        phase: one of `PHASES`.
        message: the sentence.
    """
    if on_progress:
        on_progress(Progress(phase, message=message))
    else:
        warnings.warn(message, stacklevel=3)


class ProgressLog:
    """Writes progress as lines of text: at once where the words are new, otherwise now and then.

    Args:
        write: called with each line, without its end.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._seen: set[str] = set()
        self._written = 0.0

    def __call__(self, progress: Progress) -> None:
        """Write how far the task is, if it is time for it."""
        now = time.monotonic()
        if progress.words not in self._seen or now - self._written > _LOG_SECONDS:
            self._write(progress.text)
            self._seen.add(progress.words)
            self._written = now
