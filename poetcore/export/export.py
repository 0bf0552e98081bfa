"""A run as a model file that predicts outside Poet exactly as inside it.

Scaling is inside every export. All formats but one take `(n, size, size, 3) float32` RGB in 0..255, named
"pixels", and give `(n, labels) float32` probabilities; a frozen graph takes what the original scripts feed,
`(1, size, size, 3) float32` holding `(RGB - 128) / 128`, and so does a LiteRT file where that is chosen.
Labels, a note how to use it, and the result of the comparison with the app travel with each.
"""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from poetcore.data import images
from poetcore.data.label_sets import set_words
from poetcore.errors import OptionError, PictureError, RunError
from poetcore.evaluation.frozen import check_output_layer
from poetcore.evaluation.unknown import least_probability
from poetcore.export.about import About, Sample
from poetcore.export.export_format import ExportFormat, LiteNetwork, Network, build_model, scaled
from poetcore.export.export_options import INPUT_RANGES, ExportOptions, InputRange
from poetcore.export.formats import find_format
from poetcore.export.lite_layer import with_layer
from poetcore.export.notes import code_of, note
from poetcore.export.parity import Parity, check, pictures_of
from poetcore.features.litert import CALIBRATION_PICTURES
from poetcore.system.files import printable, sync_folder, sync_tree
from poetcore.system.locks import check_free, locked
from poetcore.system.outputs import check_output, is_written, note_written
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.temporary import clear_leftovers, temporary_folder
from poetcore.system.tensorflow import muted
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.job_folder import using_run
from poetcore.workspace.records import to_json
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Exported", "export"]

_USUAL = ExportOptions()


@dataclass(frozen=True)
class Exported:
    """A model file that was made from a run.

    Attributes:
        format: name of an export format.
        path: the file; for saved_model the folder.
        bytes: its size; of a folder, that of all its files.
        parity: how it compared with the app.
    """

    format: str
    path: Path
    bytes: int
    parity: Parity


@using_run("is being exported")
def export(
    run: Run,
    workspace: Workspace,
    format_name: str,
    out: Path | None = None,
    on_progress: OnProgress | None = None,
    options: ExportOptions = _USUAL,
    *,
    force: bool = False,
) -> Exported:
    """Write a finished run as a model file, and check on real pictures that it predicts as the app does.

    Beside the model lie its labels (`<stem>_labels.txt`; in a folder as `labels.txt`; for
    `retrained_graph.pb` it is `retrained_labels.txt`, in the form of the original script),
    `<stem>_README.txt` and `<stem>_parity.json`. All appear together, after the comparison; an earlier export
    of that name is replaced, what else lies in its folder stays. Where none of the run's pictures is left,
    nothing can be compared: the export is made, and its parity has no pictures. A run on a quantized backbone
    is exported on the network it was made from; its export may differ and says by how much. Imports
    TensorFlow.

    Args:
        run: a finished run.
        workspace: where its backbone is kept.
        format_name: one of `poetcore.export.formats.FORMATS`.
        out: the file to write, for saved_model the folder; a folder, or a name without an ending, gets a
            file inside it. By default a folder of that format among the run's exports.
        on_progress: called in the phases `exporting` and `comparing`.
        options: what can be chosen besides.
        force: whether to replace files at `out` that Poet did not write.

    Raises:
        OptionError: an unknown format, one whose package is missing, options or a name that do not fit, or
            something else lies at `out`, or another export is being written there.
        RunError: the run is unfinished or damaged, or tflite_int8 finds no training picture.
        BackboneError: the backbone's weights cannot be loaded.
        ParityError: the file does not predict as the app does; it was not kept.
    """
    kind = find_format(format_name)
    kind.check_possible(options)
    record, labels, head, temperature = run.record(), run.labels(), run.head(), run.temperature()
    backbone = backbone_of(run)
    kind.check_backbone(backbone)
    fed = INPUT_RANGES[options.input_range]
    output_layer = options.final_tensor_name or record.options.get("final_tensor_name") or "final_result"
    if kind.names_output:
        check_output_layer(output_layer)
    target = _target(run, kind, out)
    stem = target.name if kind.folder_marker else target.stem
    beside = [] if kind.add_note else [kind.labels_name(target)]
    noted = [*(name for name in beside if "/" not in name), f"{stem}_README.txt", f"{stem}_parity.json"]
    replaces = force or out is None  # the run's own folder has nothing of others in it
    _check_outputs(target, kind, [target.parent / name for name in noted], replaces)
    check_free(target, levels=0)
    calibration = _calibration(run, kind, record.input_size, fed) if kind.quantized else ()

    if on_progress:
        message = f"Writing {record.backbone} with the {len(labels)} labels of {run.name} as {kind.name}"
        on_progress(Progress("exporting", message=message))
    about = About(
        run=run.name,
        backbone=backbone.name,
        size=backbone.input_size,
        file=target.name,
        labels=kind.labels_name(target),
        output_layer=output_layer,
        input_range=fed,
        thresholds=record.thresholds,
        temperature=temperature,
        least_probability=least_probability(record, temperature),
        facts=options.facts.of(run.name, labels),
        samples=_samples(run, options.samples) if "samples" in kind.choices else (),
        litert_js=options.litert_js,
    )
    if kind.is_written_by_lite(backbone):
        assert kind.write_lite
        content = with_layer(models_of(run, workspace)(backbone).read_bytes(), head, fed)
        write = partial(kind.write_lite, LiteNetwork(content, tuple(labels), about))
    else:
        model = scaled(build_model(backbone, head), fed)
        write = partial(kind.write, Network(model, tuple(labels), about, calibration))
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(target.parent)
    with locked(target, "is being exported"), temporary_folder(target) as place:
        made = place / target.name
        with _quiet():
            write(made)
        for name in beside:
            lines = "".join(f"{label}\n" for label in kind.labels_form(labels))
            (place / name).write_text(lines, encoding="utf-8")
        if on_progress:
            on_progress(Progress("comparing"))
        parity = check(kind, code_of(kind, about), place, run, workspace)
        if on_progress and not parity.pictures:
            message = f"Warning: {parity.sentence.removesuffix('.')}"
            on_progress(Progress("comparing", message=message))
        of_what = {"format": kind.name, "run": run.name, "temperature": temperature}
        of_what |= {"edition": kind.edition} | kind.chosen(options)
        (place / f"{stem}_parity.json").write_text(
            to_json(of_what | asdict(parity)),
            encoding="utf-8",
        )
        readme = note(kind, about, parity)
        (place / f"{stem}_README.txt").write_text(readme, encoding="utf-8")
        if kind.add_note:
            kind.add_note(made, readme)
        sync_tree(place)
        _check_replaced(made, target, kind, replaces)
        if out is not None:
            note_written(target.parent, [*_files(made), *(place / name for name in noted)])
        for name in noted:
            (place / name).replace(os.path.realpath(target.parent / name))
        replaced = place / f"{target.name}.replaced"
        if target.is_dir():
            target.rename(replaced)
        made.replace(os.path.realpath(target))
        if replaced.is_dir():
            _keep_others(replaced, target, kind)
    sync_folder(target.parent)
    return Exported(kind.name, target, _bytes(target), parity)


def _target(run: Run, kind: ExportFormat, out: Path | None) -> Path:
    """Return where an export goes: the file, or the folder that it becomes."""
    if out is None:
        return run.exports / kind.name / kind.default_name
    out = out.absolute()
    is_its_folder = bool(kind.folder_marker) and out.name.endswith(kind.suffix)
    inside = not is_its_folder and (out.is_dir() or not out.suffix)
    target = out / kind.default_name if inside else out
    if not target.name.endswith(kind.suffix):
        raise OptionError(f"The file name of {kind.title} must end in {kind.suffix}. Received: {out}.")
    if not kind.folder_marker:
        return target
    target = Path(os.path.realpath(target))
    if target.is_dir() and any(target.iterdir()) and not (target / kind.folder_marker).is_file():
        raise OptionError(
            f"{target} is a folder with other things in it, which {kind.title} would replace: choose a new"
            " one."
        )
    if target.exists() and not target.is_dir():
        raise OptionError(f"{target} is a file, but the format {kind.name} is a folder: choose another name.")
    return target


def _check_outputs(target: Path, kind: ExportFormat, beside: Sequence[Path], replaces: bool) -> None:
    """Check before the work that what is to be written may be, and replaces nothing of others."""
    for file in beside if kind.folder_marker else (target, *beside):
        check_output(file, replaces)
    marker = target / (kind.folder_marker or "")
    if kind.folder_marker and marker.is_file() and not replaces and not is_written(marker, target.parent):
        raise _foreign(target)


def _check_replaced(made: Path, target: Path, kind: ExportFormat, replaces: bool) -> None:
    """Check once an exported folder is made that it replaces no file that others wrote or changed."""
    if target.is_dir() and not replaces:
        for there in _files(target):
            inside = there.relative_to(target)
            stays = not (made / inside).exists() and inside.parts[0] not in kind.varying
            if not stays and not is_written(there, target.parent):
                raise _foreign(there)


def _foreign(place: Path) -> OptionError:
    return OptionError(
        f"{printable(place)} is there already, and Poet has no note that it wrote it as it is now (older"
        " versions left none): choose another name, or replace it with --force (in Python force=True)."
    )


def _keep_others(replaced: Path, target: Path, kind: ExportFormat) -> None:
    """Move what people put into an exported folder, such as `.git`, to the one that took its place."""
    for one in replaced.iterdir():
        if one.name not in kind.varying and not (target / one.name).exists():
            one.replace(target / one.name)


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in _files(path))


def _files(path: Path) -> list[Path]:
    """List the files of an export: itself, or what is in its folder."""
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]


def _samples(run: Run, most: int) -> tuple[Sample, ...]:
    """Choose pictures of a run for a page, each label in turn: of the test, then others."""
    several, table = run.record().multi_label, run.split()
    labels = dict(zip(table["path"], table["label"], strict=True))
    paths = pictures_of(run, ("testing", "validation", "training"))[:most]
    return tuple(
        Sample(path, set_words(labels[str(path)]) if several else labels[str(path)]) for path in paths
    )


def _calibration(run: Run, kind: ExportFormat, size: int, fed: InputRange) -> tuple[np.ndarray, ...]:
    """Read training pictures for the calibration: each `(size, size, 3) float32`, as fed."""
    found: list[np.ndarray] = []
    for path in pictures_of(run, ("training",)):
        with contextlib.suppress(PictureError):
            pixels = images.to_square(images.read(path), size).astype(np.float32)
            found.append((pixels - fed.mean) / fed.std)
        if len(found) == CALIBRATION_PICTURES:
            break
    if not found:
        raise RunError(
            f"None of the training pictures of {run.name!r} is left, and {kind.name} is calibrated on them:"
            " put them back, or choose tflite."
        )
    return tuple(found)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the converters' chatter from the terminal and from standard output, which may carry JSON."""
    with muted(), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
