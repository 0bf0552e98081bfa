"""What a tuning chose: the simplest as good and the best, each with its doubt and a button that trains it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from poetcore.errors import PoetError
from poetcore.system import figures
from poetcore.training.tuning.choice import Choice, Separate
from poetcore.training.tuning.settings import varying
from poetcore.training.tuning.study import Study
from poetcore.ui.choice import chosen
from poetcore.ui.headline import figure_metric
from poetcore.ui.model.evaluated_on import with_evaluation
from poetcore.ui.state import choose, explain, jobs
from poetcore.ui.text import plain

__all__ = ["draw_choice", "draw_train_this", "trial_words"]

_HELP = (
    "On pictures that took no part in choosing. The accuracy at which a trial was chosen is too good to be"
    " true: the best of many is the best by chance too."
)


def draw_choice(study: Study, trials: pd.DataFrame, choice: Choice) -> None:
    """Draw what was found in a sentence, and the two trials that one may take."""
    st.header("What to take")
    st.markdown(f"**{_found(choice)}**")
    if choice.best == choice.simplest_as_good:
        _draw_trial(st.container(), study, trials, choice, choice.best, "Best, and simplest as good")
    else:
        beside = st.grid(2, min_column_width=340, gap="large")
        _draw_trial(beside.cell(), study, trials, choice, choice.simplest_as_good, "Simplest as good")
        _draw_trial(beside.cell(), study, trials, choice, choice.best, "Best")
    st.caption(f"{plain(choice.separate.how)} That is the accuracy to expect.")


def _found(choice: Choice) -> str:
    """Return how many trials are as good as the best, and which to take of them, as Markdown."""
    trials, as_good = len(choice.comparisons), int(choice.comparisons["as_good"].sum())
    if as_good == 1:
        return f"The best of {figures.count(trials)} trials is better than every other, beyond chance."
    told = (
        f"{figures.count(as_good)} of {figures.count(trials)} trials are as good as the best, as far as"
        f" {figures.count(choice.separate.n)} pictures can tell"
    )
    same = choice.best == choice.simplest_as_good
    return (
        f"{told}; the best is the simplest of them."
        if same
        else f"{told}; the simplest of them costs the least."
    )


def _draw_trial(
    place: DeltaGenerator, study: Study, trials: pd.DataFrame, choice: Choice, number: int, title: str
) -> None:
    """Draw one trial with the accuracy to expect of it, that at which it was chosen, and its button."""
    separate = choice.separate if number == choice.best else choice.separate_simplest
    with place:
        st.markdown(f"### {title}\n{plain(trial_words(study, number))}")
        _draw_separate(st.container(width=340), separate)
        st.caption(plain(_doubt(trials, choice, number)))
        draw_train_this(study, number, title, primary=number == choice.simplest_as_good)


def _draw_separate(place: DeltaGenerator, separate: Separate) -> None:
    figure_metric(place, "Accuracy to expect", separate.accuracy, separate.interval, separate.n, _HELP)


def _doubt(trials: pd.DataFrame, choice: Choice, number: int) -> str:
    """Return at which accuracy a trial was chosen, and how sure its lag on the best is. Not escaped."""
    value, low, high = _row(trials, number, "accuracy", "low", "high")
    tuned = f"When tuned {figures.with_interval(value, (low, high))}"
    if number == choice.best:
        return f"{tuned}, the most of {figures.count(len(trials))} trials: more than to expect."
    lag, low, high, p_value = _row(choice.comparisons, number, "difference", "low", "high", "p_corrected")
    if lag == low == high == 0:
        return f"{tuned}: the same pictures right as the best."
    return (
        f"{tuned}: {figures.points(lag)} to the best ({figures.points_interval(low, high)}), which may be"
        f" chance (p = {p_value:.2f}, corrected for {figures.count(len(trials))} trials)."
    )


def _row(table: pd.DataFrame, number: int, *names: str) -> list[float]:
    """Return figures of a trial."""
    return [float(table.loc[table["number"] == number, name].iloc[0]) for name in names]


def trial_words(study: Study, number: int) -> str:
    """Return a trial with its settings, those that vary. Not escaped."""
    settings = study.settings()
    return f"Trial {number}: {settings[number].words(varying(settings))}."


def draw_train_this(study: Study, number: int, key: str, *, primary: bool = False) -> None:
    """Draw the button that makes a run with the settings of a trial, and leads to it."""
    if not st.button(
        "Train this",
        type="primary" if primary else "secondary",
        icon=":material/model_training:",
        key=f"train_trial_{key}",
        disabled=jobs().running() is not None,
        help="Makes a run with these settings, trained on all pictures of the tuning.",
    ):
        return
    try:
        config = study.config_of(number)
        usual = with_evaluation(chosen(), config.image_dir)
        config = replace(config, demo_dir=usual.demo_dir, evaluate_after=usual.evaluate_after)
        jobs().start_training(config)
    except PoetError as error:
        explain(error)
        return
    choose(dataset=str(Path(config.image_dir)))
    st.switch_page("train.py")
