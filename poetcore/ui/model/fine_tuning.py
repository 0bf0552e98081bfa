"""The switch *Train longer, more accurate*: what it costs, and what it brought on this dataset."""

from dataclasses import replace

import streamlit as st

from poetcore.data.dataset import Dataset
from poetcore.errors import PoetError
from poetcore.features.backbones import find
from poetcore.system.figures import duration, percent
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.training.fine_tuning.brought import about_fine_tuning
from poetcore.training.fine_tuning.estimate import earlier_fine_tuning, estimated_seconds
from poetcore.training.fine_tuning.options import FineTuning
from poetcore.ui.state import workspace
from poetcore.ui.text import plain

__all__ = ["offer_fine_tuning", "with_fine_tuning"]

_OPTIONS = options_of(FineTuning)

#: Shares of photos of five flowers predicted right, before and after, from 1,000: in a five-fold cross
#: validation; see tests/benchmarks/README.md.
_BEFORE, _AFTER = 0.889, 0.909


def offer_fine_tuning() -> bool:
    """Draw the switch, and return whether it is on."""
    return st.toggle(
        "Train longer, more accurate",
        key="fine_tune",
        persist_state="session",
        help="Fine-tuning: the last blocks of the network are trained on your pictures too, not only the last"
        f" layer. Of 1,000 photos of five flowers {percent(_AFTER)} were right in a cross validation,"
        f" {percent(_BEFORE)} without. The run then has a network of its own, in every export too; its"
        " probabilities are calibrated. You may stop it at any time and keep the best so far.",
    )


def with_fine_tuning(config: RunConfig, dataset: Dataset | None) -> RunConfig:
    """Draw what fine-tuning costs and brought, and its settings; return the configuration with them.

    Args:
        config: with everything else that was chosen.
        dataset: what is trained on; None while it is not known.
    """
    flip = st.checkbox(
        "Mirrored pictures too",
        _OPTIONS["fine_tune_flip"].default == "on",
        key="fine_tune_flip",
        persist_state="session",
        help=_OPTIONS["fine_tune_flip"].help,
    )
    crossed = st.checkbox(
        "Cross-validate, six times as long",
        key="fine_tune_cross_validation",
        persist_state="session",
        help=_OPTIONS["fine_tune_cross_validation"].help,
    )
    options = FineTuning(True, fine_tune_flip="on" if flip else "off", fine_tune_cross_validation=crossed)
    try:
        backbone = find(config.architecture)
    except PoetError:
        return replace(config, fine_tuning=options)  # the training tells it
    words = []
    if dataset:
        seconds = estimated_seconds(len(dataset.pictures), backbone, options)
        words.append(f"About {duration(seconds, whole=True)} with nothing else running.")
        known = earlier_fine_tuning(workspace().finished_runs(), str(dataset.folder))
        if known:
            took = duration(known.fine_tuning["seconds"], whole=True)
            words.append(f"On this dataset last time, in {took}: {about_fine_tuning(known.fine_tuning)}")
        else:
            words.append(
                "What it brings here, its pictures tell that take no part: those held out for testing."
            )
    st.caption(f":material/timer: {plain(' '.join(words))}")
    return replace(config, fine_tuning=options)
