"""What is compared with what, and what should come out; each suite adds to a table.

Peers run in turn, so that a machine that slows down hits both. All read the same pictures from a warm file
system; every repetition begins with an empty feature cache; the backbones were converted before.
"""

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from poetcore.system.files import walk
from tests.benchmarks.harness import Outcome, interleaved, run, task
from tests.benchmarks.lab import FLOAT, INT8, Lab
from tests.benchmarks.table import Table

__all__ = ["SUITES"]

_POET = [sys.executable, "-m", "poetcore"]
_LARGE, _COPIES = 20, 5


def engines(lab: Lab, table: Table) -> None:
    """Feature extraction by OpenVINO and by LiteRT, each against its bare loop, and what a run predicts."""
    if not importlib.util.find_spec("openvino"):
        table.note("The engines were not compared: OpenVINO is not installed.")
        return
    places = {"folder": lab.train, "models": lab.models, "backbone": FLOAT}
    loops = {"folder": lab.train, "model": lab.model, "size": 224}
    commands = {
        "Poet, openvino": task("extract", **places, engine="openvino"),
        "Poet, litert": task("extract", **places, engine="litert"),
        "Poet, auto": task("extract", **places),
        "bare loop, openvino": task("bare_openvino", **loops),
        "bare loop, litert": task("bare", **loops),
    }
    found = interleaved({name: _always(command) for name, command in commands.items()}, lab.repeat)
    rates = {name: _inside(table, f"engines, {name}", outcomes) for name, outcomes in found.items()}
    for what, one, other, bound in (
        ("OpenVINO, times LiteRT", "Poet, openvino", "Poet, litert", 1.25),
        ("the bare loops, OpenVINO's, times LiteRT's", "bare loop, openvino", "bare loop, litert", None),
        ("OpenVINO, share of its bare loop", "Poet, openvino", "bare loop, openvino", 0.9),
        ("LiteRT, share of its bare loop", "Poet, litert", "bare loop, litert", 0.9),
        ("auto, times LiteRT", "Poet, auto", "Poet, litert", None),
    ):
        # Turn by turn: what made the machine slower for a while made both of a turn slower.
        pairs = zip(found[one], found[other], strict=True)
        ratios = [first.answer["rate"] / second.answer["rate"] for first, second in pairs]
        table.add(f"engines: {what}, turn by turn", "times", ratios)
        table.aim(f"engines: {what}", rates[one] / rates[other], bound, at_least=True)
    run(task("train_run", **places, demo=lab.demo, workspace=lab.trained, name="engines"))
    answers = []
    for engine in ("openvino", "litert"):
        place = lab.fresh()
        shutil.copytree(lab.trained / "runs", place / "runs")
        command = task("predict", workspace=place, run="engines", demo=lab.demo, engine=engine)
        answers.append(run(command).answer["labels"])
    differing = sum(answers[0][path] != answers[1].get(path) for path in answers[0])
    table.aim(f"engines: predictions that differ, of {len(answers[0])}", differing, 0)


def extraction(lab: Lab, table: Table) -> None:
    """Feature extraction from the training pictures against the faster bare loop, and against Keras."""
    runs, places = lab.runs, {"folder": lab.train, "models": lab.models}
    calibration = runs["int8"].answer["calibration"]
    quantized = lab.models / f"{INT8}-{calibration}.tflite"
    commands = {
        "Poet, float": task("extract", **places, backbone=FLOAT),
        "bare loop, float": task("bare", folder=lab.train, model=lab.model, size=224),
        "Poet, int8": task("extract", **places, backbone=INT8, calibration=calibration),
        "bare loop, int8": task("bare", folder=lab.train, model=quantized, size=224),
        "Keras": task("keras_features", folder=lab.train, backbone=FLOAT),
    }
    if importlib.util.find_spec("openvino"):
        loop = task("bare_openvino", folder=lab.train, model=lab.model, size=224)
        commands["bare loop, float, openvino"] = loop
    found = interleaved({name: _always(command) for name, command in commands.items()}, lab.repeat)
    rates = {name: _inside(table, f"extraction, {name}", outcomes) for name, outcomes in found.items()}
    for form, times in (("float", 1.8), ("int8", 3.0)):
        mine = rates[f"Poet, {form}"]
        limit = max(rate for name, rate in rates.items() if name.startswith(f"bare loop, {form}"))
        table.aim(f"extraction, {form}: share of the limit", mine / limit, 0.9, at_least=True)
        table.aim(f"extraction, {form}: times Keras", mine / rates["Keras"], times, at_least=True)
    answers = {name: outcome.answer for name, outcome in runs.items()}
    for name, answer in answers.items():
        table.add(f"demo accuracy, {name}, of {answer['total']}", "%", [100 * answer["accuracy"]])
    lost = 100 * (answers["float"]["accuracy"] - answers["int8"]["accuracy"])
    table.aim("demo accuracy that int8 loses", lost, 1.0, unit="points")
    table.note(
        "The limit is decode and network in one thread a core, by LiteRT or OpenVINO, whichever is faster: no"
        " hash, no cache, no commit. Keras is `image_dataset_from_directory(...).prefetch(AUTOTUNE)` and"
        " `predict` with the same network; its graph is traced before the time begins, Poet's networks are"
        " made within it."
    )


def head(lab: Lab, table: Table, steps: int = 4000) -> None:
    """The last layer against `fit`."""
    assert lab.runs
    kept = lab.folder / "vectors.npz"
    run(task("keep_features", workspace=lab.trained, run="float", file=kept))
    found = interleaved(
        {
            "Poet": _always(task("head", file=kept, steps=steps)),
            "Keras fit": _always(task("keras_head", file=kept, steps=steps)),
        },
        lab.repeat,
    )
    seconds = {}
    for name, outcomes in found.items():
        what = f"{steps} head steps, {name}"
        seconds[name] = table.add(what, "s", [o.answer["seconds"] for o in outcomes]).median
        table.add(f"{what}: validation accuracy", "%", [100 * o.answer["accuracy"] for o in outcomes])
        _process(table, what, outcomes)
    imports = [outcome.answer["import_s"] for outcome in found["Keras fit"]]
    table.add(f"{steps} head steps, Keras fit: import before", "s", imports)
    table.aim(f"{steps} head steps", seconds["Poet"], 2.0, unit="s")
    table.aim(f"{steps} head steps: times Keras fit", seconds["Keras fit"] / seconds["Poet"], at_least=True)
    table.note(
        "`fit` runs as one epoch of so many steps, without validation; Poet validates every ten steps."
    )


def retrain(lab: Lab, table: Table) -> None:
    """The whole command, cold and warm, against importing TensorFlow."""
    command = [*_POET, "retrain", "--image_dir", str(lab.train), "--json", "--workspace"]
    places = [lab.fresh() for _ in range(lab.repeat)]
    found = interleaved(
        {
            "import tensorflow": _always([sys.executable, "-c", "import tensorflow"]),
            "retrain, cold": lambda turn: run([*command, str(places[turn])]),
            "retrain, warm": lambda turn: run([*command, str(places[turn])]),
        },
        lab.repeat,
    )
    medians = {name: _process(table, name, outcomes) for name, outcomes in found.items()}
    for name in ("retrain, cold", "retrain, warm"):
        for part in ("bottlenecks_s", "training_s", "total_s"):
            values = [outcome.answer["timings"][part] for outcome in found[name]]
            table.add(f"{name}: {part}, as it says itself", "s", values)
    ratio = medians["retrain, warm"] / medians["import tensorflow"]
    table.aim("warm retrain: times import tensorflow", ratio, 1.5)
    table.note("Cold retrain finds its backbone converted, as every training but a workspace's first does.")


def evaluate(lab: Lab, table: Table) -> None:
    """Evaluating the demo folder, whose features are not cached, against a bare loop over it."""
    command = [*_POET, "evaluate", str(lab.demo), "--run", "float", "--json", "--workspace"]
    loop = task("bare", folder=lab.demo, model=lab.model, size=224)
    found = interleaved(
        {
            "within a process": lambda turn: run(
                task("evaluate_run", workspace=lab.fresh_with_runs(), run="float", demo=lab.demo)
            ),
            "bare loop": _always(loop),
            "as a command": lambda turn: run([*command, str(lab.fresh_with_runs())]),
        },
        lab.repeat,
    )
    _inside(table, "evaluate, within a process", found["within a process"])
    _inside(table, "evaluate, bare loop", found["bare loop"])
    whole = _process(table, "evaluate, as a command", found["as a command"])
    locked = _process(table, "evaluate, bare loop as a process", found["bare loop"])
    seconds = {name: _middle([o.answer["seconds"] for o in found[name]]) for name in list(found)[:2]}
    table.aim("evaluate: times the bare loop", seconds["within a process"] / seconds["bare loop"], 1.2)
    table.aim("evaluate as a command: times the bare loop as a process", whole / locked)


def label_image(lab: Lab, table: Table) -> None:
    """Labelling one photo that the workspace has never seen, as a command."""
    place = lab.fresh_with_runs()
    photos = [entry.path for entry in walk(lab.demo)]
    chosen = photos[:: max(1, len(photos) // lab.repeat)]
    command = [*_POET, "label_image", "--run", "float", "--json", "--workspace", str(place)]
    outcomes = [run([*command, photo]) for photo in chosen[: lab.repeat]]
    table.aim("label_image as a process", _process(table, "label_image", outcomes), 1.0, unit="s")


def scan(lab: Lab, table: Table) -> None:
    """Scanning very many files, and once more when all are in the index."""
    folder = lab.folder / "many"
    run(task("make_many", folder=folder, count=lab.many))
    places = [Path(tempfile.mkdtemp(dir=lab.folder)) for _ in range(lab.repeat)]
    found = interleaved(
        {
            kind: lambda turn: run(task("scan_folder", folder=folder, workspace=places[turn]))
            for kind in ("new", "all known")
        },
        lab.repeat,
    )
    for kind, outcomes in found.items():
        what = f"scan of {lab.many:,} files, {kind}"
        table.add(what, "s", [o.answer["seconds"] for o in outcomes])
        _process(table, what, outcomes)
    shutil.rmtree(folder)


def health(lab: Lab, table: Table) -> None:
    """Finding issues of the training pictures, and once more when all are measured."""
    places = [Path(tempfile.mkdtemp(dir=lab.folder)) for _ in range(lab.repeat)]
    found = interleaved(
        {
            kind: lambda turn: run(task("health", folder=lab.train, workspace=places[turn]))
            for kind in ("new", "all known")
        },
        lab.repeat,
    )
    for kind, outcomes in found.items():
        _inside(table, f"health, {kind}", outcomes)


def large(lab: Lab, table: Table) -> None:
    """Photos of 12 megapixels against the small ones that they were made of."""
    small, big = lab.folder / "small", lab.folder / "large"
    made = run(task("make_large", photos=lab.train, small=small, large=big, count=_LARGE, copies=_COPIES))
    folders = {"small": small, "12 megapixels": big}
    commands = {
        "decode, 12 megapixels in full": task("decode", folder=big, size=224, full=True),
        **{
            f"{what}, {size}": task("decode", folder=folder, size=224, full=False)
            if what == "decode"
            else task("extract", folder=folder, models=lab.models, backbone=FLOAT)
            for what in ("decode", "extraction")
            for size, folder in folders.items()
        },
    }
    assert lab.model
    found = interleaved({name: _always(command) for name, command in commands.items()}, lab.repeat)
    rates = {name: _inside(table, f"large photos: {name}", outcomes) for name, outcomes in found.items()}
    for what, bound in (("extraction", 3.0), ("decode", None)):
        table.aim(
            f"large photos: {what}, times as dear as small",
            rates[f"{what}, small"] / rates[f"{what}, 12 megapixels"],
            bound,
        )
    table.aim(
        "large photos: decode, times as fast as in full",
        rates["decode, 12 megapixels"] / rates["decode, 12 megapixels in full"],
        at_least=True,
    )
    table.note(
        f"{_LARGE} photos of the training folder enlarged to 12 megapixels with a sensor's noise,"
        f" {made.answer['megabytes']:.1f} MB each on average, each {_COPIES} times with another comment;"
        " decoding on one core from memory."
    )


def dashboard(lab: Lab, table: Table) -> None:
    """The first page of a server that has just come up, and a step of the slideshow."""
    assert lab.runs
    command = [sys.executable, "-m", "tests.benchmarks.dashboard", str(lab.trained), "float", str(lab.demo)]
    outcomes = [run(command) for _ in range(lab.repeat)]
    if "skipped" in outcomes[0].answer:
        table.note(f"The dashboard was not measured: {outcomes[0].answer['skipped']}.")
        return
    paint = table.add("dashboard: first paint", "s", [o.answer["first_paint_s"] for o in outcomes])
    steps = [step for outcome in outcomes for step in outcome.answer["steps_ms"]]
    table.aim("dashboard: first paint after the server is up", paint.median, 3.0, unit="s")
    step = table.add(f"slideshow: one of {len(steps)} steps", "ms", steps)
    table.aim("slideshow: a step, from the key to the painted picture", step.median, 50, unit="ms")
    table.add("dashboard: memory of the server", "MB", [o.answer["server_mb"] for o in outcomes])
    table.note(
        "The first paint is that of a server's first visitor, in a browser that has started and knows"
        " nothing of it. Steps of the slideshow are 0.3 s apart: the next picture has mostly been fetched."
    )


def _always(command: list[str]) -> Callable[[int], Outcome]:
    return lambda turn: run(command)


def _inside(table: Table, what: str, outcomes: list[Outcome]) -> float:
    """Add what tasks measured themselves, and their memory; return the median of pictures a second."""
    rate = table.add(what, "pictures/s", [o.answer["rate"] for o in outcomes])
    table.add(f"{what}: processor time a picture", "ms", [o.answer["cpu_ms_each"] for o in outcomes])
    table.add(f"{what}: peak memory", "MB", [o.peak_mb for o in outcomes])
    return rate.median


def _process(table: Table, what: str, outcomes: list[Outcome]) -> float:
    """Add time and memory of whole processes; return the median of the seconds."""
    table.add(f"{what}: peak memory", "MB", [o.peak_mb for o in outcomes])
    return table.add(f"{what}, whole process", "s", [o.seconds for o in outcomes]).median


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


SUITES: dict[str, Callable[[Lab, Table], None]] = {
    suite.__name__: suite
    for suite in (engines, extraction, head, retrain, evaluate, label_image, scan, health, large, dashboard)
}
