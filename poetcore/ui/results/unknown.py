"""What the evaluate page tells of pictures that show none of the labels."""

import pandas as pd
import streamlit as st

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.unknown import NOT_KNOWN, caught_sentence, demo_sentence
from poetcore.system.figures import count, percent
from poetcore.system.names import natural_key
from poetcore.ui.glossary import term
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["draw_unknown"]


def draw_unknown(run: Run, evaluation: Evaluation) -> None:
    """Draw how many pictures of the labels are called unknown, and how many of labels held out.

    Args:
        run: that was evaluated.
        evaluation: of it.
    """
    st.header("Pictures of none of these labels", help=term("unknown"))
    figures = evaluation.metrics.novelty
    if figures is None:
        # The next evaluation sets the threshold of a run of an earlier version, where it can.
        tried = "novelty" in evaluation.predictions and not run.record().novelty
        st.caption(NOT_KNOWN if tried else "Evaluate again to see it.")
        return
    st.markdown(plain(demo_sentence(figures)))
    st.markdown(plain(caught_sentence(figures)))
    if figures["caught"]:
        with st.expander("Labels held out in turn", icon=":material/table_rows:"):
            rows = sorted(figures["caught"].items(), key=lambda one: natural_key(one[0]))
            table = {
                "label held out": [plain(label) for label, _ in rows],
                "its pictures": [count(one["n"]) for _, one in rows],
                "called unknown": [percent(one["caught"]) for _, one in rows],
                "area under the ROC curve": [f"{one['auc']:.2f}" for _, one in rows],
            }
            st.table(pd.DataFrame(table), hide_index=True)
    st.caption(term("misc label"))
