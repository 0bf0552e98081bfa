"""The map of the house holds: what may import what, how long a module is, and what each package is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: A package imports only from those before it.
ORDER = [
    "version",
    "errors",
    "charts",
    "system",
    "data",
    "features",
    "sources",
    "workspace",
    "evaluation",
    "analysis",
    "training",
    "curation",
    "export",
    "api",
    "cli",
    "ui",
]

#: Pairs that the order would allow.
FORBIDDEN = {("workspace", "sources"), ("ui", "cli")}

LONGEST_MODULE = 300
LONGEST_TEST = 320

MODULES = sorted((ROOT / "poetcore").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PACKAGES = sorted(path for path in MODULES if path.name == "__init__.py")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """The modules that a file imports, each with whether that happens as soon as the file is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node not in late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"poetcore.{alias.name}" for alias in node.names] if node.module == "poetcore" else []
            yield from ((name, node not in late) for name in names or [node.module])


def package_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "poetcore").with_suffix("").parts
    return parts[0]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_point_up_the_list_only(path):
    own = package_of(path)
    if own in ("__init__", "__main__"):
        return  # the door and the command line may open on everything
    for module, _ in imports(path):
        assert module != "poetcore"  # the door itself
        other = module.split(".")[1] if module.startswith("poetcore.") else ""
        if other in ORDER:
            assert ORDER.index(other) <= ORDER.index(own) and (own, other) not in FORBIDDEN, module


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=named)
def test_streamlit_stays_in_pages_and_ui(path):
    if path in PAGES or package_of(path) == "ui":
        return
    assert not {module for module, _ in imports(path) if module.split(".")[0] == "streamlit"}


def test_pages_end_early_by_a_way_of_their_own():
    """See `ui/page_end.py`."""
    assert [path for path in [*MODULES, *PAGES] if "st.stop()" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=named)
def test_tensorflow_is_never_imported_by_an_import(path):
    heavy = {"tensorflow", "keras", "tf_keras", "tf2onnx", "onnx", "coremltools", "ray", "umap"}
    assert not {module for module, at_once in imports(path) if at_once and module.split(".")[0] in heavy}


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=named)
def test_a_module_is_short_enough_to_be_read_at_once(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_a_file_of_tests_is_short_enough_to_be_read_at_once(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_TEST


@pytest.mark.parametrize("path", PACKAGES, ids=named)
def test_a_package_says_what_it_is_and_is_not_for(path):
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert words and (path.parent.name == "poetcore" or "Not for" in words)


def test_a_text_becomes_a_path_in_one_place():
    able = [named(path) for path in [*MODULES, *PAGES] if "expanduser" in path.read_text(encoding="utf-8")]
    assert able == ["poetcore/system/paths.py"]


def test_the_first_floor_has_at_most_twenty_rooms():
    rooms = [path for path in (ROOT / "poetcore").iterdir() if path.name not in ("__pycache__", "README.md")]
    assert len(rooms) <= 20


def test_every_room_of_the_first_floor_is_on_the_list():
    rooms = {package_of(path) for path in MODULES} - {"__init__", "__main__"}
    assert rooms == set(ORDER)


def test_packages_import_nothing_of_their_own():
    """So that importing one module of a package does not import its neighbours."""
    for path in PACKAGES:
        if path.parent.name != "poetcore":
            assert not list(imports(path)), named(path)
