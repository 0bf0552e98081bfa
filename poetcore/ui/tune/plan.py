"""The plan of a tuning: which values of which settings are tried, how many trials that makes, how long."""

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, replace
from pathlib import Path

import streamlit as st

from poetcore.features.litert import list_backbones
from poetcore.system.options import options_of
from poetcore.training.tuning.options import TuneOptions, joined
from poetcore.training.tuning.settings import settings_of
from poetcore.ui.model.settings import GROUPS
from poetcore.ui.state import workspace
from poetcore.ui.tune.words import TITLES, told

__all__ = ["backbones_offered", "pick_plan"]

_OPTIONS = options_of(TuneOptions)

#: Combinations of two are offered of so many networks at the most; others can be typed.
_COMBINED = 4


@dataclass(frozen=True)
class _Field:
    """A setting in the form.

    Attributes:
        name: of the option.
        offered: values, as text; those of the default are among them.
        typed: whether others may be typed.
    """

    name: str
    offered: tuple[str, ...]
    typed: bool = True


_FIRST = (
    _Field("learning_rate", ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")),
    _Field("how_many_training_steps", ("250", "500", "1000", "2000", "4000", "8000")),
)

_MORE = (
    _Field("train_batch_size", ("50", "100", "200", "400")),
    _Field("weight_decay", ("0", "0.0001", "0.001", "0.01")),
    _Field("label_smoothing", ("0", "0.05", "0.1", "0.2")),
    _Field("head", ("gradient_descent", "ridge"), typed=False),
    _Field("class_weight", ("balanced", "none"), typed=False),
    _Field("flip_left_right", ("off", "on"), typed=False),
    _Field("max_pictures_per_label", ("25", "50", "100", "200", "-1")),
)


def pick_plan(image_dir: Path) -> TuneOptions:
    """Draw the form and return the plan, with as many trials as there will be.

    Args:
        image_dir: the dataset.

    Raises:
        OptionError: a value is impossible, a list is empty, or there are too many trials.
    """
    offered = backbones_offered()
    chosen = {"architecture": _pick(_Field("architecture", tuple(offered)))}
    beside = st.grid(2, min_column_width=330)
    for one in _FIRST:
        with beside.cell():
            chosen[one.name] = _pick(one)
    with st.expander("More settings", icon=":material/tune:", key="tune_more"):
        beside = st.grid(2, min_column_width=330)
        for one in _MORE:
            with beside.cell():
                chosen[one.name] = _pick(one)
        with beside.cell():
            group_by = st.selectbox(
                "Keep together in the folds",
                list(GROUPS),
                index=list(GROUPS).index(str(_OPTIONS["group_by"].default)),
                format_func=GROUPS.__getitem__,
                key="tune_group_by",
                help=_OPTIONS["group_by"].help,
                persist_state="session",
            )
        with beside.cell():
            seed = st.number_input(
                "Seed",
                min_value=0,
                value=_OPTIONS["seed"].default,
                key="tune_seed",
                help=_OPTIONS["seed"].help,
                persist_state="session",
            )
    method, trials = _pick_method()
    chosen["group_by"] = group_by
    options = TuneOptions(image_dir, **chosen, method=method, trials=trials, seed=int(seed))
    return replace(options, trials=len(settings_of(options)))


def backbones_offered() -> list[str]:
    """Return the backbones that work here without a connection, the default first, and pairs of them."""
    alone = [one.name for one in list_backbones(workspace().models) if one.offline]
    pairs = [
        f"{one}+{other}" for n, one in enumerate(alone[:_COMBINED]) for other in alone[n + 1 : _COMBINED]
    ]
    return [*alone, *pairs]


def _pick(one: _Field) -> str:
    """Draw the choice of several values of a setting, and return them as the text of the option."""
    option = _OPTIONS[one.name]
    usual = [] if option.default is MISSING else str(option.default).split(",")
    picked: Sequence[str] = st.multiselect(
        TITLES[one.name].capitalize(),
        list(dict.fromkeys([*one.offered, *usual])),
        default=usual,
        key=f"tune_{one.name}",
        format_func=_told,
        help=option.help,
        accept_new_options=one.typed,
        placeholder="At least one",
        persist_state="session",
    )
    return joined(list(picked))


def _told(value: str) -> str:
    return {"off": "no", "on": "yes", "-1": "all"}.get(value) or told(value)


def _pick_method() -> tuple[str, int]:
    """Draw whether all combinations are tried or a random draw of them, and return how many at the most."""
    method = st.segmented_control(
        "Try",
        ["grid", "random"],
        default=_OPTIONS["method"].default,
        required=True,
        format_func={"grid": "Every combination", "random": "A random draw of them"}.__getitem__,
        key="tune_method",
        help="A draw of 60 comes near the best of thousands: few settings matter, and it tries many values"
        " of each.",
        persist_state="session",
    )
    most = int(_OPTIONS["trials"].maximum or 1)
    if method != "random":
        return "grid", most
    trials = st.number_input(
        "Trials",
        min_value=1,
        max_value=most,
        value=_OPTIONS["trials"].default,
        key="tune_trials",
        persist_state="session",
        width=200,
    )
    return "random", int(trials)
