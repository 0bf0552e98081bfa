"""What an installed package brings along is what the checkout has."""

import tomllib

from packaging.requirements import Requirement

from poetcore import __version__
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def listed(file: str) -> set[str]:
    """The requirements of a file, in one spelling."""
    lines = (line.split(" #")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
    return {str(Requirement(line)) for line in lines if line and not line.startswith(("#", "-r"))}


def test_the_extra_for_tests_is_the_list_of_the_tests():
    extra = PROJECT["project"]["optional-dependencies"]["tests"]
    assert {str(Requirement(one)) for one in extra} == listed("tests/requirements.txt")


def test_a_light_installation_needs_all_but_tensorflow():
    left_out = listed("requirements.txt") - listed("poetcore/light.txt")
    assert [Requirement(one).name for one in left_out] == ["tensorflow"]
    assert listed("poetcore/light.txt") < listed("requirements.txt")


def test_dependencies_stand_in_one_list_only():
    assert "dependencies" in PROJECT["project"]["dynamic"] and "dependencies" not in PROJECT["project"]


def test_every_dependency_has_a_tested_range():
    loose = [
        one
        for one in listed("requirements.txt")
        if not {"<", "=="} & {s.operator for s in Requirement(one).specifier}
    ]
    assert not loose


def test_the_dashboard_travels_in_the_wheel():
    inside = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert all((ROOT / source).exists() for source in inside)
    assert set(inside.values()) == {
        "poetcore/dashboard/app.py",
        "poetcore/dashboard/pages",
        "poetcore/dashboard/.streamlit/config.toml",
    }


def test_the_version_is_a_release():
    assert __version__.count(".") == 2 and __version__.replace(".", "").isdigit()
