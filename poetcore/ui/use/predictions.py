"""The parts of the predict page: predicting with a run, and showing one prediction."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import streamlit as st

from poetcore.data.label_sets import join_set, set_words
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.evaluation.label_groups.decisions import Decision
from poetcore.evaluation.unknown import UNKNOWN, UNKNOWN_LINES
from poetcore.evaluation.unsure import NOT_SURE, is_unsure, unsure_sentence
from poetcore.system.figures import confidence
from poetcore.ui.contents import hold
from poetcore.ui.gallery.about import About
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.label_groups.predicted import decision_cells, decision_words
from poetcore.ui.state import workspace
from poetcore.ui.text import isolated
from poetcore.workspace.run import Run

__all__ = ["draw_predictions", "draw_table", "predict", "prediction_card", "table_of"]

#: Cells that are written one by one; more would take seconds, and pandas refuses to.
_STYLED = 20_000


def predict(run: Run, photos: Sequence[tuple[str, bytes]]) -> list[Prediction]:
    """Predict the labels of pictures, each a name and a content."""
    record = run.record()
    known = record.novelty.get("threshold")
    return _predict(str(run.folder), record.created, run.temperature(), known, tuple(photos))


@st.cache_data(max_entries=4, show_spinner="Predicting labels ...")
def _predict(
    folder: str,
    created: str,
    temperature: float,
    threshold: float | None,
    photos: tuple[tuple[str, bytes], ...],
) -> list[Prediction]:
    """Predict labels; `created` tells a run from an earlier one of the same name, which was deleted.

    With another `temperature` the same run gives other probabilities, and with a `threshold` it tells more.
    """
    classifier = Classifier(Run(Path(folder)), workspace())
    return [classifier.classify_bytes(name, content) for name, content in photos]


def draw_predictions(
    found: Sequence[tuple[Prediction, bytes]], about: About, decisions: Sequence[Decision] = ()
) -> None:
    """Show pictures with their predicted labels, the confidence, and the most probable labels as bars.

    Args:
        found: predictions, each with the content of its picture.
        about: the model, for the light-box.
        decisions: what the model's groups and costs make of each, where it has any.
    """
    cards = [prediction_card(one, hold(content)) for one, content in found]
    cards = [
        replace(card, lines=(*card.lines, *decision_words(decision)))
        for card, decision in zip(cards, decisions or [Decision()] * len(cards), strict=True)
    ]
    gallery(cards, "predicted", 12, about, large=True)


def prediction_card(one: Prediction, sha: str) -> Card:
    """Return the card of a prediction.

    Args:
        one: what is predicted for a usable picture.
        sha: of its content.
    """
    top = one.top(5)
    first, share = top[0]
    lines: tuple[str, ...] = ()
    if one.thresholds is not None:
        title = set_words(join_set(one.predicted))
        lines = tuple(f"{isolated(label)}: {_threshold(one, label)}" for label, _ in top)
    elif one.unknown:
        title, lines = UNKNOWN, UNKNOWN_LINES
    elif is_unsure(top):
        title = NOT_SURE
        lines = (unsure_sentence(isolated(first), share),)
    else:
        title = f"{isolated(first)} · {confidence(share)}"
    predicted = ", ".join(one.predicted)
    return Card(sha, title, (str(one.path), *lines), tuple(top), predicted=predicted)


def _threshold(one: Prediction, label: str) -> str:
    """Return whether a label's probability reaches the one from which on it is predicted."""
    assert one.thresholds is not None
    least = confidence(float(one.thresholds[one.labels.index(label)]))
    return f"{'over' if label in one.predicted else 'below'} its threshold of {least}"


def table_of(found: Sequence[Prediction], decisions: Sequence[Decision] = ()) -> pd.DataFrame:
    """Return predictions as a table: file, label, confidence, unknown, then each label's probability.

    Args:
        found: of usable pictures.
        decisions: what the model's groups and costs make of each, where it has any: groups, least_cost.
    """
    return pd.DataFrame(
        [
            {
                "file": str(one.path),
                "label": join_set(one.predicted),
                "confidence": one.confidence,
                **({} if one.unknown is None else {"unknown": one.unknown}),
                **{f"p_{label}": share for label, share in one.top(len(one.labels))},
                **decision_cells(decision),
            }
            for one, decision in zip(found, decisions or [Decision()] * len(found), strict=True)
        ]
    )


def draw_table(table: pd.DataFrame) -> None:
    """Show the predictions as a table, probabilities as everywhere on the page.

    Args:
        table: as `table_of` returns it.
    """
    shares = [str(name) for name in table if name == "confidence" or str(name).startswith("p_")]
    if table.size <= _STYLED:
        # The table still sorts by the numbers.
        shown: Any = table.style.format(lambda share: confidence(cast(float, share)), subset=pd.Index(shares))
        st.dataframe(shown, hide_index=True, width="stretch")
        return
    st.dataframe(
        table.assign(**{name: 100 * table[name] for name in shares}),
        hide_index=True,
        width="stretch",
        column_config={name: st.column_config.NumberColumn(format="%.0f %%") for name in shares},
    )
