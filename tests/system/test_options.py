"""Options that dataclasses declare: found, checked, flattened and built again."""

from dataclasses import MISSING, dataclass, field
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.system.options import build, check_limits, flatten, option, options_of


@dataclass(frozen=True)
class Inner:
    steps: int = field(default=5, metadata=option("How many.", minimum=1))
    share: int = field(default=10, metadata=option("Percent.", minimum=0, maximum=99))
    batch: int = field(default=-1, metadata=option("How many at once.", minimum=1, all_value=-1))
    rate: float = field(default=0.5, metadata=option("How far.", positive=True))
    size: int | None = field(default=None, metadata=option("How large.", minimum=1))
    pixels: int = field(default=-1, metadata=option("A side.", minimum=1, maximum=99, all_value=-1))
    shift: float = field(default=0, metadata=option("Any."))
    internal: int = 0

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Outer:
    folder: Path = field(metadata=option("Where.", environment="FOLDER"))
    inner: Inner = field(default=Inner())
    demo: Path | None = field(default=None, metadata=option("Where else.", flag="demo_dir"))


def test_options_are_found_with_those_of_the_dataclasses_inside_in_their_order():
    assert list(options_of(Outer)) == [
        "folder",
        "steps",
        "share",
        "batch",
        "rate",
        "size",
        "pixels",
        "shift",
        "demo",
    ]


def test_an_option_has_its_type_default_help_and_environment():
    found = options_of(Outer)
    steps, folder = found["steps"], found["folder"]
    assert (steps.type, steps.default, steps.help) == (int, 5, "How many.")
    assert (folder.type, folder.default, folder.environment) == (Path, MISSING, "FOLDER")


@pytest.mark.parametrize("value", [2**63, -(2**63), 10**23])
def test_a_whole_number_beyond_64_bits_is_refused_with_what_is_allowed(value):
    with pytest.raises(OptionError, match="steps must be a smaller number") as told:
        Inner(steps=value)
    assert len(str(told.value)) < 150


def test_a_whole_number_that_python_does_not_write_is_refused():
    with pytest.raises(OptionError, match="Received: one of 16610 bits"):
        Inner(steps=10**5000)


def test_a_flag_is_the_name_unless_another_is_declared():
    assert [options_of(Outer)[name].flag for name in ("folder", "demo")] == ["folder", "demo_dir"]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("steps", 0, "1 or more"),
        ("share", 100, "between 0 and 99"),
        ("share", -1, "between 0 and 99"),
        ("batch", 0, "1 or more, or -1 for all"),
        ("pixels", 0, "between 1 and 99, or -1 for all"),
        ("shift", float("-inf"), "a finite number"),
        ("size", 0, "1 or more"),
        ("rate", 0.0, "more than 0"),
        ("rate", float("inf"), "a finite number"),
        ("rate", float("nan"), "a finite number"),
    ],
)
def test_a_value_beyond_its_limits_is_refused_with_what_is_allowed(name, value, allowed):
    with pytest.raises(OptionError, match=rf"^{name} must .*{allowed}\. Received: {value}\.$"):
        Inner(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("steps", 1), ("share", 0), ("share", 99), ("batch", -1), ("size", None)]
)
def test_a_value_at_its_limits_is_possible(name, value):
    assert getattr(Inner(**{name: value}), name) == value


def test_values_that_were_flattened_build_the_same_instance():
    outer = Outer(Path("a"), Inner(7, 8, 9, 0.25, 6, 3), Path("b"))
    assert build(Outer, flatten(outer)) == outer


def test_a_path_may_be_text_and_a_missing_value_takes_its_default():
    assert build(Outer, {"folder": "a", "demo": "b", "rate": 0.25}) == Outer(
        Path("a"), Inner(rate=0.25), Path("b")
    )


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("folder", 3, "a path"),
        ("folder", None, "a path"),
        ("folder", "", "a path"),
        ("demo", ["a"], "a path or None"),
        ("steps", "7", "a whole number"),
        ("steps", 7.5, "a whole number"),
        ("steps", True, "a whole number"),
        ("steps", None, "a whole number"),
        ("size", "7", "a whole number or None"),
        ("rate", "0.1", "a number"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_is_allowed(name, value, allowed):
    with pytest.raises(OptionError, match=rf"^{name} must be {allowed}\. Received: "):
        build(Outer, {"folder": "a", name: value})


def test_numbers_of_numpy_become_plain_ones():
    built = build(Outer, {"folder": "a", "steps": np.int64(7), "rate": np.float64(0.25), "share": 3}).inner
    assert (type(built.steps), type(built.rate)) == (int, float)
    assert built == Inner(7, 3, rate=0.25)


def test_a_whole_number_is_a_number():
    assert type(build(Outer, {"folder": "a", "rate": 1}).inner.rate) is float


def test_names_that_are_no_option_are_ignored():
    assert build(Outer, {"folder": "a", "colour": "red"}) == Outer(Path("a"))


def test_a_missing_value_without_a_default_is_named():
    with pytest.raises(OptionError, match="folder is missing"):
        build(Outer, {})


def test_a_value_that_is_no_choice_is_refused_with_the_choices():
    @dataclass(frozen=True)
    class Choosing:
        by: str = field(default="near", metadata=option("How.", choices=("near", "far")))

    with pytest.raises(OptionError, match="Unknown by 'deep': choose near, far"):
        check_limits(Choosing("deep"))
