"""Whether a value from JSON has the shape that a type says: the one way in which records are validated.

Types are those of annotations: plain ones, `X | None`, containers, `Literal`, dataclasses, TypedDicts (whose
required keys must be there) and `Annotated`, with limits of a number or with the shape that a dictionary of
any values must have:

    accuracy: Share
    novelty: Annotated[dict[str, Any], Like(Novelty | Empty)]

Numbers are finite and have 64 bits at the most, since nothing that computes takes others.
"""

import math
import typing
from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

__all__ = ["Amount", "Count", "Empty", "Like", "Share", "Within", "build_from", "fits"]

#: The largest whole number of 64 bits with a sign.
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Within:
    """The limits of a number, both included."""

    least: float
    most: float = float(_LARGEST)


@dataclass(frozen=True)
class Like:
    """The shape that a value has, where its annotation is to say less to whoever uses it."""

    kind: Any


class Empty:
    """Stands for a dictionary without anything in it: where nothing is known."""


#: A share of something; what is computed may miss an end by a little.
Share = Annotated[float, Within(-1e-6, 1 + 1e-6)]
#: How many of something.
Count = Annotated[int, Within(0)]
#: How much of something.
Amount = Annotated[float, Within(0)]


def fits(value: Any, kind: Any) -> bool:
    """Return whether a value from JSON has the shape of a type; in a container every value of it.

    >>> fits({"low": 0.1, "high": None}, dict[str, Share | None]), fits([0.1, 1.5], list[Share])
    (True, False)

    Args:
        value: of JSON: a dictionary, list, text, number, truth value or None.
        kind: the type.
    """
    if kind is Any:
        return True
    outer, inner = get_origin(kind) or kind, get_args(kind)
    if outer is Annotated:
        return _fits_annotated(value, inner)
    if outer in (UnionType, Union):
        return any(fits(value, one) for one in inner)
    if outer in (Required, NotRequired):
        return fits(value, inner[0])
    if outer is Literal:
        return isinstance(value, str | int) and value in inner
    if kind is Empty:
        return isinstance(value, dict) and not value
    if typing.is_typeddict(kind):
        return isinstance(value, dict) and _keys_fit(value, _hints(kind), kind.__required_keys__)
    if isinstance(kind, type) and is_dataclass(kind):
        return isinstance(value, dict) and _keys_fit(value, _hints(kind), _required(kind))
    if outer is None or outer is type(None):
        return value is None
    if outer in (int, float):
        return _is_number(value, outer)
    if outer in (tuple, list):
        if outer is tuple and inner and inner[-1] is not ...:
            return _is_row(value, inner)
        return isinstance(value, list) and (not inner or _all_fit(value, inner[0]))
    if not isinstance(value, outer):
        return False
    return outer is not dict or not inner or _all_fit(value.values(), inner[1])


def build_from(values: Any, kind: Any) -> Any:
    """Return an instance of a dataclass from a JSON object; fields that it does not know do no harm.

    Args:
        values: what JSON holds.
        kind: the dataclass; others in it, also in its lists, are built too, and a tuple is one.

    Raises:
        ValueError: the values do not have its shape, or its `is_sound` returns False.
    """
    if not fits(values, kind):
        raise ValueError("a value is missing or of another type")
    return _built(values, kind)


def _built(value: Any, kind: Any) -> Any:
    outer, inner = get_origin(kind) or kind, get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        found = kind(**{name: _built(one, hints[name]) for name, one in value.items() if name in hints})
        if not getattr(found, "is_sound", lambda: True)():
            raise ValueError("its values do not go together")
        return found
    if outer in (UnionType, Union):
        return next(_built(value, one) for one in inner if fits(value, one))
    if outer is Annotated:
        return _built(value, inner[0])
    if outer is tuple:
        kinds = inner if inner and inner[-1] is not ... else (*inner[:1] * len(value),)
        return tuple(map(_built, value, kinds))
    if outer is list and inner and is_dataclass(inner[0]):
        return [_built(one, inner[0]) for one in value]
    if outer is dict and inner and is_dataclass(inner[1]):
        return {name: _built(one, inner[1]) for name, one in value.items()}
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


@cache
def _required(kind: Any) -> frozenset[str]:
    return frozenset(
        one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING
    )


def _keys_fit(values: dict[str, Any], hints: dict[str, Any], required: frozenset[str]) -> bool:
    return required <= set(values) and all(
        fits(value, hints[name]) for name, value in values.items() if name in hints
    )


def _fits_annotated(value: Any, inner: tuple[Any, ...]) -> bool:
    kind, *told = inner
    if not fits(value, kind):
        return False
    for one in told:
        if isinstance(one, Within) and not one.least <= value <= one.most:
            return False
        if isinstance(one, Like) and not fits(value, one.kind):
            return False
    return True


def _is_row(value: Any, kinds: tuple[Any, ...]) -> bool:
    same = isinstance(value, list) and len(value) == len(kinds)
    return same and all(map(fits, value, kinds))


def _is_number(value: Any, kind: type) -> bool:
    if type(value) is int:
        return abs(value) <= _LARGEST
    return kind is float and type(value) is float and math.isfinite(value)


def _all_fit(values: Collection[Any], kind: Any) -> bool:
    if kind is str:
        return set(map(type, values)) <= {str}
    if kind == Count:  # a confusion matrix of 400 labels has 160,000 of them
        return set(map(type, values)) <= {int} and (not values or 0 <= min(values) <= max(values) <= _LARGEST)
    return all(fits(value, kind) for value in values)
