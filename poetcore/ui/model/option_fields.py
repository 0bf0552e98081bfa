"""Fields for declared options: a widget with the option's default, help text and limits."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from poetcore.system.options import options_of
from poetcore.training.config import RunConfig

__all__ = ["choice_field", "number_field", "slider_field"]

_OPTIONS = options_of(RunConfig)


def choice_field(name: str, label: str, names: Mapping[str, str]) -> str:
    """Draw a choice among the values of a declared option, and return the chosen one.

    Args:
        name: of the option, and key of the widget.
        label: shown over the field.
        names: what each value is called there.
    """
    option = _OPTIONS[name]
    chosen = st.segmented_control(
        label,
        list(names),
        default=option.default,
        required=True,
        format_func=names.__getitem__,
        key=name,
        persist_state="session",
        help=option.help,
    )
    return str(chosen or option.default)


def number_field(place: DeltaGenerator, name: str, label: str, key: str, **shape: Any) -> Any:
    """Draw a number field for a declared option, with its default, help text and limits.

    Args:
        place: where it is drawn.
        name: of the option.
        label: shown over the field.
        key: of the widget.
        **shape: arguments of `number_input`, such as limits that are narrower than the option's.
    """
    option = _OPTIONS[name]
    lowest = option.minimum if option.all_value is None else option.all_value
    limits = {"min_value": lowest, "max_value": option.maximum}
    return place.number_input(
        label, value=option.default, key=key, persist_state="session", help=option.help, **(limits | shape)
    )


def slider_field(
    place: DeltaGenerator, name: str, label: str, key: str, lowest: int, highest: int, step: int
) -> int:
    """Draw a slider for a declared option, with its default and help text."""
    option = _OPTIONS[name]
    chosen: int = place.slider(
        label, lowest, highest, option.default, step, key=key, persist_state="session", help=option.help
    )
    return chosen
