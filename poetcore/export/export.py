"""A run as a model file that predicts outside Poet exactly as inside it.

Scaling is inside every export. All formats but one take `(n, size, size, 3) float32` RGB in 0..255, named
"pixels", and give `(n, labels) float32` probabilities; a frozen graph takes what the original scripts feed,
`(1, size, size, 3) float32` holding `(RGB - 128) / 128`. Labels, a note how to use it, and the result of the
comparison with the app travel with each.
"""

import contextlib
import io
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from poetcore.data import images
from poetcore.errors import OptionError, PictureError, RunError
from poetcore.evaluation.frozen import check_output_layer
from poetcore.export.notes import note
from poetcore.export.parity import Parity, check, pictures_of
from poetcore.features.backbones import Backbone, build, find
from poetcore.features.litert import CALIBRATION_PICTURES, quantize
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.tensorflow import muted, tensorflow
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run, to_json
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    import keras

__all__ = ["FORMATS", "Exported", "Parity", "export", "write_graph"]

FORMATS = ("keras", "saved_model", "tflite", "tflite_int8", "frozen_graph")

_DEFAULT_NAMES = {
    "keras": "model.keras",
    "saved_model": "model",
    "tflite": "model.tflite",
    "tflite_int8": "model_int8.tflite",
    "frozen_graph": "retrained_graph.pb",
}


@dataclass(frozen=True)
class Exported:
    """A model file that was made from a run.

    Attributes:
        format: one of `FORMATS`.
        path: the file; for saved_model the folder.
        bytes: its size; of a folder, that of all its files.
        parity: how it compared with the app.
    """

    format: str
    path: Path
    bytes: int
    parity: Parity


def export(
    run: Run,
    workspace: Workspace,
    form: str,
    out: Path | None = None,
    on_progress: OnProgress | None = None,
    *,
    final_tensor_name: str | None = None,
) -> Exported:
    """Write a finished run as a model file, and prove on real pictures that it predicts as the app does.

    Beside the model lie its labels (`<stem>_labels.txt`; in a folder as `labels.txt`; for
    `retrained_graph.pb` it is `retrained_labels.txt`), `<stem>_README.txt` and `<stem>_parity.json`. All
    appear together, after the comparison; an earlier export of that name is replaced. Where none of the
    run's pictures is left, nothing can be compared: the export is made, and says so. A run on a quantized
    backbone is exported on the network it was made from; its export may differ and says by how much. Imports
    TensorFlow.

    Args:
        run: a finished run.
        workspace: where its backbone is kept.
        form: one of `FORMATS`.
        out: the file to write, for saved_model the folder; a folder, or a name without an ending, gets a
            file inside it. By default a folder of that format among the run's exports.
        on_progress: called in the phases `exporting` and `comparing`.
        final_tensor_name: what a frozen graph calls its output; by default as the run was trained with,
            else `final_result`.

    Raises:
        OptionError: an unknown format, a name that does not fit, or something else lies at `out`.
        RunError: the run is unfinished or damaged, or tflite_int8 finds no training picture.
        BackboneError: the backbone's weights cannot be had.
        ParityError: the file does not predict as the app does; it was not kept.
    """
    if form not in FORMATS:
        raise OptionError(f"Unknown format {form!r}: choose {', '.join(FORMATS)}.")
    record, labels, head = run.record(), run.labels(), run.head()
    if head.kernel.shape[1] != len(labels):
        raise RunError(f"The run {run.name!r} has {len(labels)} labels for {head.kernel.shape[1]} outputs.")
    output_layer = final_tensor_name or record.options.get("final_tensor_name") or "final_result"
    if form == "frozen_graph":
        check_output_layer(output_layer)
    target = _target(run, form, out)
    shown = _pixels(run, record.input_size) if form == "tflite_int8" else []

    if on_progress:
        message = f"Writing {record.backbone} with the {len(labels)} labels of {run.name} as {form}"
        on_progress(Progress("exporting", message=message))
    tf, backbone = tensorflow(), find(record.backbone)
    model = _whole(backbone, head)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as temporary:
        place = Path(temporary)
        made, labels_name = place / target.name, _labels_name(form, target)
        with _quiet():
            if form == "keras":
                model.save(made)
            elif form == "saved_model":
                _save(tf, model, made)
            elif form == "frozen_graph":
                _freeze(tf, model, made, output_layer)
            else:
                _save(tf, model, place / "converted")
                made.write_bytes(_lite(tf, place / "converted", shown))
                with zipfile.ZipFile(made, "a") as archive:  # as LiteRT's own metadata does it
                    archive.writestr("labels.txt", _lines(labels))
        (place / labels_name).write_text(_lines(labels), encoding="utf-8")
        if on_progress:
            on_progress(Progress("comparing"))
        parity = check(form, made, run, workspace, output_layer)
        if on_progress and not parity.pictures:
            message = (
                f"Warning: none of the pictures of {run.name} is left, so the export could not be compared"
            )
            on_progress(Progress("comparing", message=message))
        stem = made.name if made.is_dir() else made.stem
        (place / f"{stem}_parity.json").write_text(
            to_json({"format": form, "run": run.name, **asdict(parity)}), encoding="utf-8"
        )
        text = note(
            form, run.name, backbone.name, backbone.input_size, made.name, labels_name, output_layer, parity
        )
        (place / f"{stem}_README.txt").write_text(text, encoding="utf-8")
        files = [labels_name] if "/" not in labels_name else []
        for name in (*files, f"{stem}_README.txt", f"{stem}_parity.json"):
            (place / name).replace(target.parent / name)
        if target.is_dir():
            target.rename(place / f"{target.name}.replaced")
        made.replace(target)
    return Exported(form, target, _bytes(target), parity)


def _target(run: Run, form: str, out: Path | None) -> Path:
    """Decide where an export goes; nothing that is not an earlier export is ever replaced."""
    name = _DEFAULT_NAMES[form]
    if out is None:
        return run.exports / form / name
    out = out.expanduser().absolute()
    if form != "saved_model":
        target = out / name if out.is_dir() or not out.suffix else out
        if form == "keras" and target.suffix != ".keras":
            raise OptionError(f"The name of a Keras model must end in .keras. Received: {out}.")
        if target.is_dir() or (target.parent.exists() and not target.parent.is_dir()):
            raise OptionError(f"{target} cannot be written: something else lies there, choose another name.")
        return target
    if out.is_dir() and any(out.iterdir()) and not (out / "saved_model.pb").is_file():
        raise OptionError(
            f"{out} is a folder with other things in it, which a SavedModel would replace: choose a new one."
        )
    if out.exists() and not out.is_dir():
        raise OptionError(f"{out} is a file, and a SavedModel is a folder: choose another name.")
    return out


def _labels_name(form: str, target: Path) -> str:
    if form == "saved_model":
        return f"{target.name}/labels.txt"
    stem = target.stem.removesuffix("_graph") if form == "frozen_graph" else target.stem
    return f"{stem}_labels.txt"


def _lines(labels: list[str]) -> str:
    return "".join(f"{label}\n" for label in labels)


def _bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _pixels(run: Run, size: int) -> list[np.ndarray]:
    """Read training pictures for the calibration: each `(size, size, 3) uint8`, RGB."""
    found: list[np.ndarray] = []
    for path in pictures_of(run, ("training",)):
        with contextlib.suppress(PictureError):
            found.append(images.to_square(images.read(path), size))
        if len(found) == CALIBRATION_PICTURES:
            break
    if not found:
        raise RunError(
            f"None of the training pictures of {run.name!r} is left, and tflite_int8 is calibrated on them:"
            " put them back, or choose tflite."
        )
    return found


def write_graph(backbone: Backbone, head: Head, file: Path, final_tensor_name: str = "final_result") -> None:
    """Write a frozen graph of a layer that is still being taught; imports TensorFlow.

    Args:
        backbone: what the layer stands on.
        head: the layer.
        file: the `.pb` file; its folder is made.
        final_tensor_name: what the graph calls its output.
    """
    tf = tensorflow()
    file.parent.mkdir(parents=True, exist_ok=True)
    _freeze(tf, _whole(backbone, head), file, final_tensor_name)


def _whole(backbone: Backbone, head: Head) -> "keras.Model":
    """Put the taught layer on top of its backbone."""
    described = build(backbone)
    import keras

    taught = keras.layers.Dense(head.kernel.shape[1], activation="softmax", name="probabilities")
    model = keras.Model(described.input, taught(described.output), name="poet")
    taught.set_weights([head.kernel, head.bias])
    return model


def _save(tf: Any, model: "keras.Model", folder: Path) -> None:
    @tf.function(input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="pixels")])
    def label(pixels: Any) -> dict[str, Any]:
        return {"probabilities": model(pixels, training=False)}

    # Not model.export: it writes every weight twice, and takes three times as long.
    holder = tf.Module()
    holder.weights = [variable.value for variable in model.variables]
    signature = label.get_concrete_function()
    tf.saved_model.save(holder, str(folder), signatures={"serving_default": signature})


def _lite(tf: Any, folder: Path, shown: list[np.ndarray]) -> bytes:
    """Convert a SavedModel; with pictures to calibrate on, to 8-bit integers but for what goes in and out."""
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    if shown:
        quantize(tf, converter, shown)
    return converter.convert()


def _freeze(tf: Any, model: "keras.Model", file: Path, output_layer: str) -> None:
    from tensorflow.python.framework import op_def_registry
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    shape = (1, *model.input_shape[1:])

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32, name="input")])
    def label(fed: Any) -> Any:
        return tf.identity(model(fed * 128.0 + 128.0, training=False), name=output_layer)

    definition = convert_variables_to_constants_v2(label.get_concrete_function()).graph.as_graph_def()
    if output_layer not in {node.name for node in definition.node}:
        raise OptionError(
            f"final_tensor_name cannot be {output_layer!r}: another layer has that name, choose another one."
        )
    definition = tf.compat.v1.graph_util.extract_sub_graph(definition, [output_layer])
    for node in definition.node:
        # Older versions refuse attributes and operations that came later, even where they say nothing new.
        if node.op == "AddV2":
            node.op = "Add"
        known = {attribute.name: attribute for attribute in op_def_registry.get(node.op).attr}
        for name in list(node.attr):
            default = known[name].default_value if name in known else None
            if default is None or (known[name].HasField("default_value") and node.attr[name] == default):
                del node.attr[name]
    file.write_bytes(definition.SerializeToString())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the converters' chatter from the terminal and from standard output, which may carry JSON."""
    with muted(), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
