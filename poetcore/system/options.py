"""Options, declared once: a field of a frozen dataclass with its default, its help text and its limits.

    @dataclass(frozen=True)
    class Settings:
        seed: int = field(default=0, metadata=option("Seed of every draw.", minimum=0))

The command line makes its options from such a class, the pages their widgets, and a file keeps the values by
the same names. A class may hold others; their fields then count as its own.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import numpy as np

from poetcore.errors import OptionError
from poetcore.system.paths import to_path

__all__ = [
    "Option",
    "build",
    "check_limits",
    "check_number",
    "flatten",
    "option",
    "options_of",
]

Options = TypeVar("Options")

#: The largest whole number of 64 bits with a sign.
_MAX_INTEGER = 2**63 - 1

_KEY = "option"

_KINDS = {
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    str: "text",
    Path: "a path",
    type(None): "None",
}


@dataclass(frozen=True)
class Option:
    """An option as it is declared.

    Attributes:
        name: name of the field.
        flag: name on the command line, without the dashes.
        type: type of its values.
        default: value where it is not given; `MISSING` if it has to be given.
        help: what it decides, in a sentence or two.
        minimum: smallest possible value, or None.
        maximum: largest possible value, or None.
        positive: whether values must be more than 0.
        all_value: value that stands for "all" beside the limits, or None.
        choices: the only possible values, or empty.
        environment: environment variable that gives the value where the command line does not, or None.
    """

    name: str
    flag: str
    type: Any
    default: Any
    help: str
    minimum: int | None = None
    maximum: float | None = None
    positive: bool = False
    all_value: int | None = None
    choices: tuple[str, ...] = ()
    environment: str | None = None

    def check(self, value: Any) -> None:
        """Check that a value lies within the limits; None, where it is not given, does.

        Raises:
            OptionError: it does not.
        """
        if value is None:
            return
        if self.choices and value not in self.choices:
            raise OptionError(f"Unknown {self.name} {value!r}: choose {', '.join(self.choices)}.")
        check_number(value, self.name)
        if self.positive and not value > 0:
            raise OptionError(f"{self.name} must be more than 0. Received: {value}.")
        if self.minimum is None or value == self.all_value:
            return
        every = "" if self.all_value is None else f", or {self.all_value} for all"
        if self.maximum is None and value < self.minimum:
            raise OptionError(f"{self.name} must be {self.minimum} or more{every}. Received: {value}.")
        if self.maximum is not None and not self.minimum <= value <= self.maximum:
            raise OptionError(
                f"{self.name} must lie between {self.minimum} and {self.maximum}{every}. Received: {value}."
            )


def check_number(value: Any, name: str) -> None:
    """Check that a number is one that numpy, SQLite and JSON hold: finite, and whole ones in 64 bits.

    Args:
        value: a number; anything else passes.
        name: what it is, as the message begins.

    Raises:
        OptionError: it is not.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise OptionError(f"{name} must be a finite number. Received: {value}.")
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise OptionError(
            f"{name} must be a smaller number, one of 64 bits. Received: one of {value.bit_length()} bits."
        )


def option(help: str, **limits: Any) -> dict[str, dict[str, Any]]:
    """Return the metadata that declares a field to be an option.

    Args:
        help: what it decides, in a sentence or two.
        **limits: the attributes of `Option` beyond the name, the type and the default.
    """
    return {_KEY: {"help": help, **limits}}


def options_of(kind: Any) -> dict[str, Option]:
    """Return the options that a dataclass declares, and those of the dataclasses in it, by their names.

    Args:
        kind: a dataclass.
    """
    types = get_type_hints(kind)
    found: dict[str, Option] = {}
    for one in fields(kind):
        if is_dataclass(types[one.name]):
            found |= options_of(types[one.name])
        elif declared := one.metadata.get(_KEY):
            known = {"name": one.name, "flag": one.name, "type": types[one.name], "default": one.default}
            found[one.name] = Option(**(known | declared))
    return found


def check_limits(values: Any) -> None:
    """Check every option of a dataclass's instance against its limits.

    Args:
        values: an instance; the instances in it check themselves.

    Raises:
        OptionError: a value is impossible; the message names the option and what is allowed.
    """
    declared = options_of(type(values))
    for one in fields(values):
        if one.name in declared:
            declared[one.name].check(getattr(values, one.name))


def flatten(values: Any) -> dict[str, Any]:
    """Return the values of a dataclass's instance, and of those in it, by the names of their options."""
    found: dict[str, Any] = {}
    for one in fields(values):
        value = getattr(values, one.name)
        found |= flatten(value) if is_dataclass(value) else {one.name: value}
    return found


def build(kind: type[Options], values: Mapping[str, Any]) -> Options:
    """Build a dataclass's instance from values by the names of its options: the inverse of `flatten`.

    Args:
        kind: the dataclass.
        values: a value that is missing takes its default; names that are no option are ignored. A path may be
            text, as JSON has it, and a number one of numpy's.

    Raises:
        OptionError: a value without a default is missing, or a value is impossible or of another type.
    """
    types = get_type_hints(kind)
    given: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]  # any dataclass will do
        if is_dataclass(types[one.name]):
            given[one.name] = build(types[one.name], values)
        elif one.name in values:
            given[one.name] = _converted(one.name, values[one.name], types[one.name])
        elif one.default is MISSING and one.default_factory is MISSING:
            raise OptionError(f"{one.name} is missing: it has no default.")
    return kind(**given)


def _converted(name: str, value: Any, kind: Any) -> Any:
    """Return a value as the type of its option; a type that is not listed takes any value."""
    kinds = get_args(kind) or (kind,)
    if isinstance(value, np.generic):
        value = value.item()
    if Path in kinds and isinstance(value, str | os.PathLike) and str(value):
        try:
            return to_path(os.fspath(value))
        except OptionError as error:
            raise OptionError(f"{name}: {error}") from None
    if float in kinds and type(value) is int:
        return float(value)
    if type(value) in kinds or not all(one in _KINDS for one in kinds):
        return value
    allowed = " or ".join(_KINDS[one] for one in kinds)
    raise OptionError(f"{name} must be {allowed}. Received: {value!r}.")
