"""The parts of the evaluate page: headline figures, labels, the gallery, downloads."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.curation.repair import Repairs
from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.metrics import Metrics
from poetcore.evaluation.slides import Filter, Slide, deck
from poetcore.ui.pictures import Card, shas
from poetcore.ui.repairs import Repairable, draw_repairs, repair_gallery
from poetcore.ui.text import plain
from poetcore.workspace.records import to_json
from poetcore.workspace.run import Run

__all__ = ["downloads", "draw_gallery", "draw_headline", "draw_per_label", "still_there"]


def still_there(evaluation: Evaluation, advice: str) -> pd.DataFrame:
    """Return the predictions of pictures that lie where they were evaluated; warn of those that do not.

    Args:
        evaluation: of a run on a demo folder.
        advice: what that means and what to do, where some do not.
    """
    there = evaluation.predictions["path"].map(os.path.isfile).astype(bool)
    if moved := int((~there).sum()):
        words = "1 picture was" if moved == 1 else f"{moved:,} pictures were"
        st.warning(f"{words} moved or taken out since the evaluation. {advice}", icon=":material/warning:")
    return evaluation.predictions[there]


def draw_headline(metrics: Metrics) -> None:
    """Show accuracy with its interval, error rate, macro F1 and what was leaked or skipped."""
    low, high = metrics.interval
    accuracy, errors, macro, leaked = st.columns(4)
    accuracy.metric(
        "Accuracy",
        f"{metrics.accuracy:.1%}",
        f"{low:.0%} to {high:.0%}",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=f"{metrics.correct} of {metrics.total} pictures are labelled right. With that many pictures the"
        " true accuracy lies in the range below it, 19 times out of 20.",
    )
    errors.metric(
        "Error rate",
        f"{1 - metrics.accuracy:.1%}",
        f"{metrics.total - metrics.correct} misclassified",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="The share of pictures labelled wrong.",
    )
    macro.metric(
        "Macro F1",
        f"{metrics.macro_f1:.3f}",
        "1 is perfect",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="The mean of the labels' F1: every label counts the same, however few pictures it has.",
    )
    fair = metrics.accuracy_without_leaked
    leaked.metric(
        "Leaked pictures",
        metrics.leaked,
        f"{fair:.1%} without them" if metrics.leaked and fair is not None else "none seen before",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="Pictures of the demo folder that are in the training folder too, so the model may know them.",
    )
    if metrics.skipped:
        with st.expander(f"{len(metrics.skipped)} files are excluded", icon=":material/warning:"):
            st.dataframe(pd.DataFrame(metrics.skipped), hide_index=True, width="stretch")


def draw_per_label(evaluation: Evaluation) -> None:
    """Show precision, recall, F1 and support of each label, and which labels are confused most often."""
    metrics = evaluation.metrics
    table = pd.DataFrame(metrics.per_label).T.rename_axis("label").reset_index()
    table = table.rename(columns={"f1": "F1"})
    column = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={
            "precision": column(
                format="percent", help="Of the pictures predicted to be this label, how many are."
            ),
            "recall": column(
                format="percent", help="Of the pictures of this label, how many are predicted to be it."
            ),
            "F1": column(format="%.2f", help="The harmonic mean of precision and recall."),
            "support": column(format="%d", help="How many pictures of this label the demo folder has."),
        },
    )
    for true, predicted, n in evaluation.most_confused()[:4]:
        share = n / metrics.per_label[true]["support"]
        times = {1: "once", 2: "twice"}.get(n, f"{n} times")
        st.markdown(
            f"**{plain(true)}** was predicted to be **{plain(predicted)}** {times}"
            f" ({share:.0%} of its pictures)."
        )


def draw_gallery(evaluation: Evaluation, cell: tuple[str, str] | None, key: str) -> None:
    """Show the pictures of a cell of the confusion matrix, or all misclassified ones."""
    labels = ["any", *evaluation.metrics.labels]
    folder = Path(evaluation.metrics.folder)
    if cell:
        st.subheader(f"True label {plain(cell[0])}, predicted label {plain(cell[1])}")
        st.caption("Double-click the matrix to see all misclassified pictures again.")
    else:
        st.subheader("Misclassified pictures, most confident first")
        st.caption(
            "Relabel only pictures whose true label is wrong: following the model against the truth makes it"
            " look better than it is."
        )
    with st.container(horizontal=True):
        # The same by keyboard: a chart cannot be clicked without a mouse.
        true = st.selectbox("True label", labels, key=f"true_{key}", disabled=cell is not None)
        predicted = st.selectbox("Predicted label", labels, key=f"said_{key}", disabled=cell is not None)
    wanted_true, wanted_predicted = cell or (true, predicted)
    rows = evaluation.predictions
    if wanted_true != "any":
        rows = rows[rows["label"] == wanted_true]
    if wanted_predicted != "any":
        rows = rows[rows["predicted"] == wanted_predicted]
    slides = deck(rows, Filter("all" if cell or true == predicted != "any" else "mistakes"), "surest")
    if not slides:
        st.success("No such picture.", icon=":material/check_circle:")
        draw_repairs(folder)
        return
    first = slides[:2000]
    found = list(zip(shas(tuple(slide.path for slide in first)), first, strict=True))
    repairs = Repairs(folder)
    repairs.recover()
    verified = repairs.verified()
    items = [_repairable(sha, slide) for sha, slide in found if sha and sha not in verified]
    repair_gallery(
        folder, items, evaluation.metrics.labels, key=f"gallery_{key}_{wanted_true}_{wanted_predicted}"
    )
    if moved := sum(not sha for sha, _ in found):
        st.caption(f"Moved since the evaluation, and not shown: {moved}. Evaluate the folder again.")
    if marked := sum(sha in verified for sha, _ in found):
        st.caption(f"Label verified as correct, and not shown again: {marked}.")
    draw_repairs(folder)


def _repairable(sha: str, slide: Slide) -> Repairable:
    card = Card(
        sha,
        slide.label if slide.correct else f"{slide.label} → {slide.predicted}",
        (Path(slide.path).name,),
        slide.top,
        "right" if slide.correct else "wrong",
    )
    reason = f"predicted label {slide.predicted}, confidence {slide.confidence:.0%}"
    return Repairable(card, slide.path, slide.label, reason, None if slide.correct else slide.predicted)


def downloads(run: Run, evaluation: Evaluation, report: Callable[[Evaluation], str]) -> None:
    """Offer the predictions, the metrics and a report that opens without the dashboard."""
    stem = f"{run.name}-{Path(evaluation.metrics.folder).name}"
    with st.container(horizontal=True):
        st.download_button(
            "predictions.csv",
            lambda: evaluation.predictions.to_csv(index=False),
            f"{stem}-predictions.csv",
            "text/csv",
            icon=":material/table_view:",
            on_click="ignore",
        )
        st.download_button(
            "metrics.json",
            to_json(asdict(evaluation.metrics)),
            f"{stem}-metrics.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        st.download_button(
            "Report (HTML)",
            lambda: report(evaluation),
            f"{stem}.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One file with charts and thumbnails that opens in any browser, without a connection.",
        )
