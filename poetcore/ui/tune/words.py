"""The settings of trials as people read them in tables and charts; in sentences see `Setting.words`."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from poetcore.system.figures import UNKNOWN
from poetcore.training.tuning.settings import OF_STEPS, Setting
from poetcore.ui.model.setting_words import NAMES

__all__ = ["TITLES", "ordered", "told", "used"]

#: What settings are called here otherwise than in the list of runs; axes and columns are narrow.
_OWN = {
    "architecture": "backbone",
    "flip_left_right": "mirrored copies",
    "max_pictures_per_label": "pictures a label",
}

#: What each setting of a trial is called, in the order of columns and axes.
TITLES = {one.name: _OWN.get(one.name) or NAMES[one.name] for one in fields(Setting)}


def used(trials: pd.DataFrame) -> pd.DataFrame:
    """Return trials without the values that mean nothing to them, as the steps of a ridge regression."""
    ridge = trials["head"] == "ridge"
    kinds = {name: "Int64" for name in OF_STEPS if pd.api.types.is_integer_dtype(trials[name])}
    whole = trials.astype(kinds)
    return whole.assign(**{name: whole[name].mask(ridge) for name in OF_STEPS}) if ridge.any() else trials


def told(value: Any) -> str:
    """Return a value of a setting in words.

    >>> told(4000), told(0.0001), told(-1), told(True), told("gradient_descent")
    ('4,000', '0.0001', 'all', 'yes', 'gradient descent')
    """
    if pd.isna(value):
        return UNKNOWN
    if isinstance(value, str):
        return value if value not in _METHODS else value.replace("_", " ")
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return "all" if value == -1 else f"{value:,g}"


#: Values that are words of the command line; names of backbones stay as they are.
_METHODS = ("gradient_descent",)


def short_backbone(name: str) -> str:
    """Return a backbone's name as it fits beside an axis.

    >>> short_backbone("efficientnet_lite0+efficientnet_lite2"), short_backbone("mobilenet_1.0_224")
    ('lite0+lite2', 'mobilenet_1.0_224')
    """
    return name.replace("efficientnet_", "")


def ordered(trials: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return the table with these settings in words, as categories in the order of their values."""
    return trials.assign(**{name: _categories(trials[name]) for name in names})


def _categories(values: "pd.Series[Any]") -> "pd.Categorical[Any]":
    """Return values in words: numbers in their order with "all" last, texts in that in which they come.

    What is not used comes first.
    """
    own = list(dict.fromkeys(values.dropna().tolist()))
    if not any(isinstance(value, str) for value in own):
        own = sorted(own, key=lambda value: (value == -1, value))
    unused = [UNKNOWN] if values.isna().any() else []
    words = [short_backbone(told(value)) for value in values.tolist()]
    return pd.Categorical(words, [*unused, *(short_backbone(told(value)) for value in own)])
