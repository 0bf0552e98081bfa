"""Every command with values that nobody should give: exit status 0, 2, or 1 without a network; no traceback.

Seeded, so that the same calls are made each time. What takes long (training on the sample set, writing a
model with TensorFlow, the server) is made short; what is written is written for real.
"""

import dataclasses
import importlib
import importlib.util
import inspect
import json
import shutil
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.models import ArgumentInfo

from poetcore.cli import dashboard
from poetcore.cli.app import app
from poetcore.export import export as exporting
from poetcore.export.parity import Parity
from poetcore.features import litert
from poetcore.sources.samples import make_sample
from poetcore.training import retrain as training
from tests.cli.inside import Done, call
from tests.conftest import fill, picture
from tests.unprivileged import as_nobody, open_folder, others_may_read
from tests.videos import write_video

pytestmark = pytest.mark.slow

CALLS = 500

#: A valid call of each command, its arguments before its options.
USUAL = {
    "demo": [],
    "doctor": [],
    "overview": ["photos"],
    "prepare": ["photos", "made", "--keep", "tiny,small_file"],
    "keep_aside": ["trees", "20%"],
    "retrain": ["--image_dir", "photos", "--how_many_training_steps", "3"],
    "tune": ["--image_dir", "photos", "--how_many_training_steps", "3", "--learning_rate", "0.1"],
    "evaluate": ["photos", "--run", "first"],
    "review": ["photos", "--run", "first"],
    "compare": ["first", "first", "--demo", "photos"],
    "label_image": ["photos/ash/ash_000.jpg", "--run", "first"],
    "label_video": ["clip.mp4", "--run", "first"],
    "label_groups": ["--run", "first", "--group", "wood=ash", "--cost", "wood:oak=5"],
    "learning_curve": ["--run", "first"],
    "calibrate": ["--run", "first"],
    "export": ["--run", "first", "--format", "tflite"],
    "features": ["trees", "--out", "features.npz"],
    "slides": ["trees", "--run", "first", "--out", "new_slides"],
    "merge": ["trees", "ash", "oak"],
    "undo": ["trees"],
    "runs": [],
    "backbones": [],
    "gather": ["gathered", "--label", "rose", "--urls", "urls.txt", "--retries", "0"],
    "download": ["flowers"],
    "publish": ["--run", "first"],
    "dashboard": ["--no-browser"],
}

NUMBERS = [
    *("inf", "-inf", "nan", "1e309", "-1e309", "1e300", "1e-320", "0.5", "-1", "0", "", " 5 ", "1_000", "٣"),
    *("2147483648", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "9" * 5000),
]

PATHS = [
    *("~nobody-at-all/x", "n" * 300, "ä" * 130, "a/" * 2600, "a\0b", "", " ", "--json", "-", ".", "\udcff"),
    *("/dev/null", "file.txt", "file.txt/x", "photos", "photos/ash", "missing", "new/deep", "loop", "loop/x"),
    *(
        "locked",
        "locked/x",
        "locked/file.txt",
        "fixed",
        "fixed/x",
        "long.csv",
        "junk.bin",
        "empty",
        "empty.txt",
    ),
    *("file://host/x", "file:///%00", "C:\\x", "tf_files", "tf_files/runs", "tf_files/runs/first/head.npz"),
]

TEXTS = [
    *("", " ", "x" * 5000, "a\0b", "💥", "-", "--json", "../up", "a,b", '"', "=1+1", "*", "\udcff", "\n"),
    *("latest", "first", "con", "{wnid}", "http://", "http://[", "http://127.0.0.1:9/x", "n12997654", "any"),
]


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter of a command: its flag, None for an argument, and its type."""

    flag: str | None
    kind: Any

    @property
    def values(self) -> list[str]:
        kinds = {self.kind, *get_args(self.kind)}
        return NUMBERS if kinds & {int, float} else PATHS if Path in kinds or list[Path] in kinds else TEXTS


def parameters(command: Any) -> list[Parameter]:
    """Return the parameters of a command, from its signature."""
    found = []
    for one in inspect.signature(command, eval_str=True).parameters.values():
        kind, *details = get_args(one.annotation)
        # In an annotation typer takes the first name of a flag for a default, and puts that right later.
        names = [
            (info.default, *(info.param_decls or ())) for info in details if hasattr(info, "param_decls")
        ]
        flags = [flag for some in names for flag in some if isinstance(flag, str) and flag.startswith("--")]
        argument = any(isinstance(info, ArgumentInfo) for info in details)
        found.append(Parameter(None if argument else (flags or [f"--{one.name}"])[0], kind))
    return found


COMMANDS = {str(one.name): parameters(one.callback) for one in app.registered_commands}


def test_every_command_has_a_usual_call():
    assert set(USUAL) == set(COMMANDS)


@st.composite
def calls(draw: st.DrawFn) -> list[str]:
    """Return a call in which one to three parameters have a value that nobody should give."""
    name = draw(st.sampled_from(sorted(COMMANDS)))
    words, last = list(USUAL[name]), []
    for one in draw(st.lists(st.sampled_from(COMMANDS[name]), min_size=1, max_size=3, unique=True)):
        if one.kind is bool:
            last.append(str(one.flag))
            continue
        value = draw(st.sampled_from(one.values) | st.sampled_from(NUMBERS + PATHS + TEXTS))
        if one.flag is None:
            place = [other for other in COMMANDS[name] if other.flag is None].index(one)
            words[place : place + 1] = [value]
        else:
            last += [one.flag, value]
    return [name, *words, *last]


@pytest.fixture(scope="module")
def world(trained: Any) -> Iterator[Path]:
    """A folder that everybody may write, with pictures, a run, and what stands in a path's way."""
    with open_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOME", str(folder))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
        model = trained.workspace.models / "efficientnet_lite0.tflite"
        _make_short(patch, Path(shutil.copy(model, folder / "model.tflite")))
        fill(folder / "photos", {"ash": 6, "oak": 6, "elm": 6})
        fill(folder / "fixed", {"a": 3, "b": 3})
        fill(folder / "trees", {"ash": 3, "oak": 3})
        if importlib.util.find_spec("av"):
            write_video(folder / "clip.mp4", [(picture(1), 1.0)])
        for name in ("locked", "empty", "tf_files/models"):
            (folder / name).mkdir(parents=True)
        shutil.copy(model, folder / "tf_files" / "models")
        (folder / "loop").symlink_to("loop")
        (folder / "empty.txt").touch()
        (folder / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
        (folder / "long.csv").write_text(f"path,label\n{'x' * 140_000},rose\n")
        (folder / "junk.bin").write_bytes(bytes(range(256)) * 40)
        for name in ("file.txt", "locked/file.txt"):
            (folder / name).write_text("hello\n")
        assert call("retrain", *USUAL["retrain"], "--run_name", "first").status == 0
        for name, usual in USUAL.items():  # imports that are left for later need files that nobody may read
            call(name, *usual)
        call("overview", "photos", "--suspects")
        for module in ("ftplib", "encodings.cp437", "encodings.idna", "pdb", "statistics"):
            importlib.import_module(module)
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o777 if path.is_dir() else 0o666)
        for path in [folder / "fixed", *folder.glob("fixed/*"), folder / "photos", *folder.glob("photos/*")]:
            path.chmod(0o555)
        (folder / "locked").chmod(0o700)
        yield folder


def _make_short(patch: pytest.MonkeyPatch, model: Path) -> None:
    """Make what takes long short: the network is there, the sample small, a model a file, the server none."""

    def convert(backbone: Any, file: Path, *_: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(model, file)

    def write(network: Any, path: Path) -> None:
        path.write_bytes(b"model")

    class Server:
        def __init__(self, *_: Any, **__: Any) -> None: ...

        def wait(self) -> int:
            return 0

    find_format, demo_config = exporting.find_format, training.demo_config
    steps = training.TrainingOptions(how_many_training_steps=3)
    small = {"train_per_label": 3, "demo_per_label": 1}
    patch.setattr(litert, "_make", convert)
    patch.setattr(training, "make_sample", lambda folder, on_progress: make_sample(folder, **small))
    patch.setattr(
        training, "demo_config", lambda place: dataclasses.replace(demo_config(place), training=steps)
    )
    patch.setattr(exporting, "build_model", lambda *_: None)
    patch.setattr(exporting, "check", lambda *_: Parity(0, 0.0, 0.0))
    patch.setattr(exporting, "find_format", lambda name: dataclasses.replace(find_format(name), write=write))
    patch.setattr(dashboard.subprocess, "Popen", Server)


def outside(done: Done) -> bool:
    """Return whether a command failed because there is no network here."""
    return any(words in done.stderr for words in ("could not be fetched", "gathered", "cannot be reached"))


@settings(
    max_examples=CALLS,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(arguments=calls(), as_json=st.booleans())
def test_no_value_ends_in_a_traceback(world, arguments, as_json):
    name, *others = arguments
    # What is imported in the course of a command must be readable.
    user = as_nobody() if others_may_read(pytest.__file__, __file__) else nullcontext()
    with user, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = call(name, *(["--json"] if as_json else []), *others)
    assert done.status in (0, 2) or (done.status == 1 and outside(done)), done
    assert "Traceback" not in done.stderr
    if done.status == 2:
        assert done.stderr.splitlines()[-1].startswith("Error: "), done
    elif as_json and done.status == 0:
        assert isinstance(json.loads(done.stdout.splitlines()[-1]), dict)
