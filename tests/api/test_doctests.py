"""The examples of every public name run as they stand."""

import doctest
import importlib
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import poetcore as poet
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.workspace.run import Run
from tests.browser.dashboard import copy_run

pytestmark = pytest.mark.slow

#: Results, errors and data that functions give; what makes them has the example.
WITHOUT = {"PoetError", "Progress", "__version__"}


def examples(name: str) -> list[doctest.DocTest]:
    """The examples of a public name: a function's own, a class's and those of its methods."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = getattr(poet, name)
    bases = [one for one in getattr(found, "__mro__", [found])[1:] if one.__module__.startswith("poetcore")]
    return [test for one in (found, *bases) for test in finder.find(one, name)]


@pytest.fixture(scope="module")
def tuning(home) -> poet.Tuning:
    """A finished tuning of two trials."""
    options = {"head": "gradient_descent", "learning_rate": 0.01, "how_many_training_steps": [50, 100]}
    return poet.tune(home / "sample/train", name="steps", workspace=home / "tf_files", **options)


@pytest.fixture(scope="module")
def comparison(home) -> Iterator[poet.ComparisonReport]:
    """Two runs that predict the same."""
    runs = home / "tf_files" / "runs"
    copy_run(Run(runs / "first"), runs / "second")
    yield poet.compare("first", "second", home / "sample/demo", workspace=home / "tf_files")
    shutil.rmtree(runs / "second")


@pytest.mark.parametrize("name", [name for name in poet.__all__ if name not in WITHOUT])
def test_the_examples_of_a_public_name_run(name, here, tuning, comparison):
    tests = [test for test in examples(name) if test.examples]
    assert tests, f"{name} has no example"
    run = poet.load_run("first")
    given = {
        "poet": poet,
        "run": run,
        "report": run.evaluate("sample/demo"),
        "data": poet.load_dataset("sample/train"),
        "comparison": comparison,
        "tuning": tuning,
    }
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    for test in tests:
        test.globs = dict(given)
        runner.run(test, out=said.append)
    assert not runner.failures, "".join(said)


@pytest.mark.parametrize("name", sorted(set(poet.__all__) - {"__version__"}))
def test_a_public_name_says_what_it_is(name):
    assert inspect.getdoc(getattr(poet, name))


def test_the_options_of_a_training_are_named_in_its_help():
    said = inspect.getdoc(poet.retrain)
    assert [name for name in options_of(RunConfig) if name not in said] == []


def test_every_public_name_is_found_where_the_door_says():
    for name, module in poet._HOME.items():
        assert name in importlib.import_module(f"poetcore.{module}").__all__


def test_the_door_is_as_wide_as_its_list():
    assert set(poet.__all__) == {*poet._HOME, "__version__"} <= set(dir(poet))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = poet.nothing


def test_the_modules_examples_name_no_other_folder():
    """So that they read as in a user's own folder."""
    for path in Path(poet.__file__).parent.joinpath("api").glob("*.py"):
        assert "/tmp" not in path.read_text(encoding="utf-8")
