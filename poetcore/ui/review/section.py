"""The review on the page Evaluate: how far it is, the corrected accuracy, and what verdicts become."""

from pathlib import Path
from uuid import uuid4

import streamlit as st

from poetcore.curation.repair import Repairs
from poetcore.curation.review_changes import review_changes
from poetcore.data.held_out import home_of
from poetcore.data.listing import is_listing
from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.corrected import Corrected, corrected
from poetcore.evaluation.review.offers import offered_verdicts
from poetcore.evaluation.review.progress import ReviewProgress, review_progress
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.sample import random_sample
from poetcore.evaluation.review.sentences import about_review
from poetcore.system.wording import few
from poetcore.ui.components.review import review_bar
from poetcore.ui.computed import computed, times_of
from poetcore.ui.gallery.pending import tell_pending
from poetcore.ui.glossary import term
from poetcore.ui.headline import accuracy_metric, figure_metric
from poetcore.ui.review.chosen import choose_pictures
from poetcore.ui.review.kept import review_folder
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import counted, plain
from poetcore.workspace.evaluation_folder import EvaluationFolder

__all__ = ["draw_review"]

#: Where it is kept that the next picture without a verdict is to be opened.
_ASK = "review_ask"


def draw_review(evaluation: Evaluation, key: str) -> None:
    """Show how far the review of an evaluation is and what it comes to; nothing where there can be none.

    Args:
        evaluation: of a run on a demo folder.
        key: of its matrix.
    """
    folder = review_folder(evaluation)
    if folder is None:
        return
    try:
        review, progress, found = _known(folder, evaluation)
        if not progress.mistakes and not progress.right:
            return
        st.header("Review", help=term("review"))
        _draw_bar(folder, evaluation, progress, key)
        _draw_offers(folder, evaluation)
        _draw_corrected(found)
        with st.container(horizontal=True):
            _draw_sample(evaluation, review, progress, key)
            _draw_repairs(evaluation, review)
    except PoetError as error:
        explain(error)


def _known(folder: EvaluationFolder, evaluation: Evaluation) -> tuple[Review, ReviewProgress, Corrected]:
    """Read a review, and return what it comes to; of 200,000 pictures the random sample takes a second."""
    size = folder.review_file.stat().st_size if folder.review_file.is_file() else 0
    stamp = (folder.folder, times_of(folder.metrics_file, folder.review_file), size)

    def read() -> tuple[Review, ReviewProgress, Corrected]:
        review = Review.of(folder)
        return review, review_progress(evaluation, review), corrected(evaluation, review)

    return computed("review", stamp, read)


def _draw_bar(folder: EvaluationFolder, evaluation: Evaluation, progress: ReviewProgress, key: str) -> None:
    def show() -> None:
        _open_next(key, "unreviewed")

    left = progress.mistakes - progress.reviewed
    review_bar(
        evaluation.metrics.run,
        folder.name,
        words=progress.words,
        reviewed=progress.reviewed,
        mistakes=progress.mistakes,
        button=("Next unreviewed" if progress.reviewed else "Begin the review") if left else "",
        ask=st.session_state.pop(_ASK, None),
        on_show=show,
    )
    if not progress.reviewed and left:
        st.caption(
            "Who is wrong, the model or the label? Open a picture and press **M**: the model is wrong, **L**:"
            " the label is wrong, **A**: ambiguous, **U**: not usable. **Z** undoes, **?** lists all keys."
        )


def _open_next(key: str, choice: str, sha: str = "") -> None:
    """Show some pictures, and open one of them, by default the first without a verdict."""
    choose_pictures(key, choice)
    st.session_state[_ASK] = {"id": uuid4().hex, "sha": sha}


def _draw_offers(folder: EvaluationFolder, evaluation: Evaluation) -> None:
    """Offer what other runs' reviews say of the same pictures."""
    verdicts, rows = offered_verdicts(evaluation, folder, workspace())
    if not verdicts:
        return
    runs = few([plain(name) for name in dict.fromkeys(rows["run"])], 3)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"{counted(len(verdicts), 'picture')} without a verdict here {_has(len(verdicts))} one from the"
            f" review of {runs}.",
            icon=":material/content_copy:",
        )
        if st.button("Take over", key="review_take_over", help="Each can be undone in the light-box."):
            record_verdicts(folder, evaluation, verdicts)
            st.rerun()


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _draw_corrected(found: Corrected) -> None:
    """Show the corrected accuracy beside what it was, and what it does not show."""
    if found.any and found.before is not None:
        first, second = st.columns(2)
        accuracy_metric(first, "Before the review", found.before)
        figure_metric(
            second,
            "Corrected accuracy" if found.estimate is None else "Corrected accuracy, estimated",
            found.accuracy,
            found.interval,
            found.total,
            term("corrected accuracy"),
        )
    if sentences := about_review(found):
        st.caption(plain(" ".join(sentences)))


def _draw_sample(evaluation: Evaluation, review: Review, progress: ReviewProgress, key: str) -> None:
    """Offer to review some of the pictures that are labelled as predicted."""
    if progress.sampled >= progress.right:
        return
    size = progress.next_sample
    more = size - progress.sampled
    if st.button(
        f"Review {more} {'more ' if progress.sampled else ''}at random",
        key="review_sample",
        icon=":material/casino:",
        help="Pictures that are labelled as predicted, drawn by their contents and so always the same: label"
        " and model may be wrong alike there. They tell how far the corrected accuracy can be trusted.",
    ):
        drawn = random_sample(evaluation.predictions, size, review)
        _open_next(key, "sample", str(drawn["sha"].iloc[progress.sampled]))
        st.rerun()


def _draw_repairs(evaluation: Evaluation, review: Review) -> None:
    """Offer to turn verdicts into pending changes of the demo folder."""
    home = home_of(Path(evaluation.metrics.folder))
    if is_listing(home):
        return
    repairs = Repairs(home)
    pending = {(str(one.change.path), one.change.action, one.change.label) for one in repairs.pending()}
    changes = [
        one
        for one in review_changes(evaluation, review, repairs.verified())
        if (str(one.path), one.action, one.label) not in pending
    ]
    if changes and st.button(
        f"Turn {counted(len(changes), 'verdict')} into repairs",
        key="review_repairs",
        icon=":material/healing:",
        help="Wrong labels become the right ones, what is not usable is set aside, and labels that are"
        " correct are verified. The changes wait below until they are applied, and can be undone. How many"
        " labels were changed is said beside the accuracy from then on.",
    ):
        tell_pending(repairs.folder, repairs.propose(changes))
        st.rerun()
