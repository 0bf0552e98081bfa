"""The parts of the evaluate page: headline figures, which labels are confused, downloads."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from poetcore.charts.style import FEW_LABELS
from poetcore.data.held_out import is_held_out
from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.headline import label_doubt
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import count, percent, score
from poetcore.system.names import natural_key
from poetcore.ui.access import access
from poetcore.ui.choice import chosen
from poetcore.ui.freshness import Checked, files_now
from poetcore.ui.glossary import term
from poetcore.ui.headline import accuracy_metric, draw_remarks, metric, two_pairs
from poetcore.ui.results.confusion import draw_confusions, draw_matrix
from poetcore.ui.results.leaks import leak_words, seen_number
from poetcore.ui.review.kept import metrics_file, predictions_file
from poetcore.ui.text import counted, plain
from poetcore.workspace.run import Run

__all__ = ["downloads", "draw_confusion", "draw_headline", "draw_label_table", "still_there"]


def still_there(evaluation: Evaluation, found: Checked, advice: str) -> pd.DataFrame:
    """Return the predictions of pictures that lie where they were evaluated.

    Args:
        evaluation: of a run on a demo folder.
        found: what is known of it now; missing files are warned of here only where that is nothing.
        advice: what that means and what to do.
    """
    predictions = evaluation.predictions
    # A scan has just found most of them; what was renamed counts as unchanged, and is not where it was.
    now = files_now(evaluation.metrics.folder) if found.fresh else None
    scanned = set() if now is None else set(now.pictures["path"].tolist())
    there = np.array([path in scanned for path in predictions["path"].tolist()], bool)
    there[~there] = [*map(os.path.isfile, predictions["path"][~there])]
    if (moved := int((~there).sum())) and not found.changes.known:
        words = f"{counted(moved, 'picture')} {'was' if moved == 1 else 'were'}"
        st.warning(f"{words} moved or taken out since the evaluation. {advice}", icon=":material/warning:")
    return predictions[there]


def draw_headline(metrics: Metrics, found: Checked) -> None:
    """Show the accuracy that may stand, error rate, macro F1, and what was seen in training or excluded."""
    accuracy = found.headline.accuracy
    if accuracy:
        first, second = two_pairs()
        accuracy_metric(first, "Accuracy", accuracy)
        metric(
            first,
            "Error rate",
            percent(None if accuracy.value is None else 1 - accuracy.value),
            f"{count(accuracy.total - accuracy.correct)} misclassified",
            "The share of pictures labelled wrong.",
        )
        _draw_macro(second, metrics)
        metric(
            second,
            "Seen in training",
            seen_number(metrics, accuracy),
            leak_words(metrics),
            "Demo pictures that the model was trained or validated on, exactly or as a near duplicate"
            " (resized, cropped, mirrored, recoloured, of the same burst). The accuracy is without them.",
        )
    draw_remarks(found.headline, None if access().public else chosen())
    if metrics.skipped:
        files = f"{counted(len(metrics.skipped), 'file')} {'is' if len(metrics.skipped) == 1 else 'are'}"
        with st.expander(f"{files} excluded", icon=":material/warning:"):
            st.dataframe(pd.DataFrame(metrics.skipped), hide_index=True, width="stretch")


def _draw_macro(place: DeltaGenerator, metrics: Metrics) -> None:
    there = metrics.macro_f1_labels or sum(bool(one["support"]) for one in metrics.per_label.values())
    of_all = "" if there == len(metrics.labels) else f" of {len(metrics.labels)}"
    metric(
        place,
        "Macro F1",
        score(metrics.macro_f1),
        f"over {there}{of_all} labels",
        f"{term('macro F1')} 1 is perfect. Labels without demo pictures are excluded.",
    )


def draw_confusion(evaluation: Evaluation, found: Checked, key: str) -> None:
    """Show the confusion matrix beside the metrics of each label, and which labels are confused most often.

    Args:
        evaluation: of a run on a demo folder.
        found: what is known of it now.
        key: of the matrix in which a cell is chosen.
    """
    metrics = evaluation.metrics
    if len(metrics.labels) > FEW_LABELS:
        draw_matrix(metrics, key)
        _draw_per_label(evaluation)
    else:
        beside = st.grid(2, min_column_width=340, gap="large")
        with beside.cell():
            draw_matrix(metrics, key)
        with beside.cell():
            _draw_per_label(evaluation)
    draw_confusions(evaluation, key)
    accuracy = found.headline.accuracy
    if accuracy is None:
        st.caption(
            "Most of these pictures were seen in training: matrix and metrics do not show how good the model"
            " is."
        )
    elif seen := metrics.total - accuracy.total:
        st.caption(
            f"Matrix and metrics are of all {count(metrics.total)} pictures, the {count(seen)} seen in"
            " training included."
        )


def _draw_per_label(evaluation: Evaluation) -> None:
    """Show precision, recall, F1 and support of each label."""
    st.header("Per-class metrics")
    metrics = evaluation.metrics
    draw_label_table(metrics.per_label)
    if any(one[name] is None for one in metrics.per_label.values() for name in ("precision", "recall", "f1")):
        st.caption("–: undefined, because no picture has this label, or none was predicted to have it.")
    if doubt := label_doubt(metrics):
        st.caption(plain(doubt))


def draw_label_table(per_label: Mapping[str, Mapping[str, Any]]) -> None:
    """Show precision, recall, F1 and support of each label, and its threshold where there is one."""
    table = pd.DataFrame.from_dict(dict(per_label), orient="index")
    table = table.loc[sorted(table.index, key=natural_key)]
    shown = [name for name in ("precision", "recall", "f1", "support", "threshold") if name in table]
    table = table[shown].astype({"precision": float, "recall": float, "f1": float, "support": int})
    table[["precision", "recall"]] *= 100
    column = st.column_config.NumberColumn
    st.dataframe(
        table.rename_axis("label").reset_index().rename(columns={"f1": "F1"}),
        hide_index=True,
        width="stretch",
        height="content" if len(table) <= FEW_LABELS else "auto",
        placeholder="–",
        column_config={
            "precision": column(width=66, format="%.1f %%", help=term("precision")),
            "recall": column(width=60, format="%.1f %%", help=term("recall")),
            "F1": column(width=46, format="%.2f", help=term("F1")),
            "support": column(width=62, format="%d", help=term("support")),
            "threshold": column(width=74, format="%.2f", help=term("label threshold")),
        },
    )


def downloads(run: Run, evaluation: Evaluation, report: Callable[[Evaluation], str] | None = None) -> None:
    """Offer the predictions, the metrics and, if it is given, a report that opens without the dashboard."""
    pictures = Path(evaluation.metrics.folder)
    stem = f"{run.name}-{pictures.stem if is_held_out(pictures) else pictures.name}"
    with st.container(horizontal=True):
        st.download_button(
            "predictions.csv",
            lambda: predictions_file(evaluation),
            f"{stem}-predictions.csv",
            "text/csv",
            icon=":material/table_view:",
            on_click="ignore",
        )
        st.download_button(
            "metrics.json",
            lambda: metrics_file(evaluation),
            f"{stem}-metrics.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        if report is None:
            return
        st.download_button(
            "Report (HTML)",
            lambda: report(evaluation),
            f"{stem}.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            help="One file with charts and thumbnails that opens in any browser, without a connection.",
        )
