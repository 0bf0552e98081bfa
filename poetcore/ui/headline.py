"""An accuracy as every page shows it: with its interval and n, and with what must be said beside it."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.headline import Headline
from poetcore.system import figures
from poetcore.system.figures import count, percent
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import trained_on
from poetcore.ui.text import apart, plain

__all__ = ["accuracy_metric", "draw_remarks", "figure_metric", "formats_metric", "metric", "two_pairs"]


def two_pairs() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return places for two metrics each: in one row where there is room, below each other on a phone."""
    pairs = st.grid(2, min_column_width=330)
    return pairs.cell().grid(2, min_column_width=140), pairs.cell().grid(2, min_column_width=140)


def metric(place: DeltaGenerator, name: str, value: str, below: str, help: str) -> None:
    """Draw a figure in a frame, with a few words below it that are no change for better or worse."""
    place.metric(name, value, below or None, delta_color="off", delta_arrow="off", border=True, help=help)


def formats_metric(formats: Sequence[str]) -> None:
    """Draw of which format pictures are; of how many, with their names behind a question mark, if several."""
    if len(formats) == 1:
        st.metric("Format", formats[0], border=True)
    else:
        st.metric("Formats", count(len(formats)), border=True, help=plain(", ".join(formats)))


def accuracy_metric(place: DeltaGenerator, name: str, accuracy: Accuracy, help: str = "") -> None:
    """Draw an accuracy with the range in which the true one lies and the number of pictures.

    Args:
        place: where it is drawn.
        name: over the figure.
        accuracy: "–" where it is of no pictures.
        help: what it is of, in a sentence; how to read the range is added.
    """
    words = f"{help} {count(accuracy.correct)} of {count(accuracy.total)} are labelled right."
    figure_metric(place, name, accuracy.value, accuracy.interval, accuracy.total, words.strip())


def figure_metric(
    place: DeltaGenerator,
    name: str,
    value: float | None,
    interval: Sequence[float] | None,
    pictures: int,
    help: str,
) -> None:
    """Draw a share, 0 to 1, with its 95 % interval and the number of pictures; "–" where it is not known."""
    if value is None:
        shown, below = "–", "not known"
    else:
        shown = percent(value)
        below = ", ".join([*([figures.interval(*interval)] if interval else []), f"n = {count(pictures)}"])
    more = " The range holds the true figure 19 times out of 20;" if interval else ""
    metric(place, name, shown, below, f"{help}{more} n is the number of pictures.")


def draw_remarks(headline: Headline, choice: Choice | None = None) -> None:
    """Show what must be known to read the accuracy, or the banner in its place where there is none.

    Args:
        headline: of an evaluation.
        choice: what is chosen, to say what to do where there is no accuracy; without it that is not said.
    """
    words = "\n\n".join(map(plain, headline.remarks))
    if headline.multi_label:
        st.info(words, icon=":material/info:", title=f"{headline.mark[:1].upper()}{headline.mark[1:]}")
    elif headline.accuracy is None:
        advice = f"\n\n{_advice(choice)}" if choice else ""
        st.error(f"{words}{advice}", icon=":material/block:", title="No accuracy to show")
        if choice:
            with st.container(horizontal=True):
                st.page_link("train.py", label="Train", icon=":material/model_training:")
                st.page_link("prepare.py", label="Split pictures", icon=":material/content_copy:")
    elif headline.mark:
        st.warning(words, icon=":material/warning:", title=f"{headline.mark[:1].upper()}{headline.mark[1:]}")
    elif words:
        st.caption(words)


def _advice(choice: Choice) -> str:
    """Return what to do about demo pictures that were seen in training, as Markdown."""
    why = (
        "A model remembers the pictures that it was trained on: labelling them right does not show that it"
        " can label new ones."
    )
    run, dataset = choice.run, choice.dataset
    if run and dataset and not trained_on(run, dataset):
        other, this = map(plain, apart(run.record().image_dir, dataset))
        return (
            f"{why} The run {plain(run.name)} was trained on {other}, not on"
            f" the chosen dataset: train on {this}, and evaluate that run."
        )
    return (
        f"{why} Split your pictures into training and demo pictures, train on the first and evaluate on the"
        " second."
    )
