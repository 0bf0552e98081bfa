"""`import poetcore` costs next to nothing, and the door brings in only what is used."""

import subprocess
import sys
from pathlib import Path

import poetcore
from tests.conftest import ROOT


def imported_by(code: str) -> set[str]:
    """Run code in a fresh interpreter; gives the names of the modules that it imported."""
    script = f"import sys; before = set(sys.modules); {code}; print(*(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_package_imports_the_standard_library_only():
    found = {name.split(".")[0] for name in imported_by("import poetcore")}
    assert found - sys.stdlib_module_names == {"poetcore"}


def test_training_from_python_imports_neither_tensorflow_nor_streamlit():
    found = imported_by("import poetcore; poetcore.retrain; poetcore.load_dataset")
    assert not found & {"tensorflow", "keras", "streamlit", "altair", "sklearn"}


def test_importing_changes_nothing_of_pillow():
    code = (
        "import PIL.Image; limit = PIL.Image.MAX_IMAGE_PIXELS; import poetcore; poetcore.load_dataset;"
        " poetcore.retrain; assert PIL.Image.MAX_IMAGE_PIXELS == limit"
    )
    imported_by(code)


def test_a_completion_offers_the_public_names_only():
    assert {name for name in dir(poetcore) if not name.startswith("_")} == set(poetcore.__all__) - {
        "__version__"
    }


def test_type_checkers_are_told_that_the_package_has_types():
    assert (Path(poetcore.__file__).parent / "py.typed").is_file()
