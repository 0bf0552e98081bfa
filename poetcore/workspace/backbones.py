"""The backbone of a run and the LiteRT files that it runs as, from its record and its folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from poetcore.errors import RunError
from poetcore.features.backbones import Backbone, NetworkFile, combine, find
from poetcore.features.litert import is_usable, model_file
from poetcore.system.checksums import sha256_of, told_checksum, write_checked
from poetcore.system.progress import OnProgress, tell
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["backbone_of", "before_tuning", "keep_networks", "models_of", "networks_record"]


def backbone_of(run: Run) -> Backbone:
    """Return the backbone of a finished run: a network, several, or one that is a file kept with the run.

    Raises:
        BackboneError: its network is unknown, as where a later version made the run.
        RunError: the run is unfinished or damaged.
    """
    record = run.record()
    names = record.backbone.split("+")
    calibrations = record.calibration.split("+") if record.calibration else [""] * len(names)
    try:
        parts = [
            _of_file(name, run, number, record.networks[name], calibration)
            if name in record.networks
            else find(name, calibration)
            for number, (name, calibration) in enumerate(zip(names, calibrations, strict=True))
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"The run {run.name!r} is damaged: what it says of its network cannot be read ({error}), train it"
            " again."
        ) from None
    return combine(parts) if len(parts) > 1 else parts[0]


def before_tuning(run: Run) -> Backbone:
    """Return the backbone of a run as it was before it was fine-tuned; any other run's as it is.

    What is told of the training pictures must not come from a network that has learned their labels.

    Raises:
        BackboneError: its network is unknown.
        RunError: the run is unfinished or damaged.
    """
    backbone, known = backbone_of(run), run.record().networks
    parts = [
        find(known[one.name]["base"]) if known.get(one.name, {}).get("kind") == "fine_tuned" else one
        for one in backbone.members
    ]
    return combine(parts) if len(parts) > 1 else parts[0]


def _of_file(name: str, run: Run, number: int, values: dict[str, Any], calibration: str) -> Backbone:
    """Return a network whose files lie in the run's folder.

    Args:
        name: of the network, or of the part.
        run: whose.
        number: of the part, from 0.
        values: what the record says of it.
        calibration: of a quantized one.
    """
    keras = run.network_file(number, ".keras")
    source = NetworkFile(run.network_file(number), keras if keras.is_file() else None)
    mean, divisor = values["scaling"]
    if values["kind"] == "fine_tuned":
        base = find(values["base"], calibration)
        digest, size = str(values["digest"]), int(values["input_size"])
        base = replace(base, name=name, source=source, digest=digest, input_size=size)
        return replace(base, imagenet_top1=None, scaling=(float(mean), float(divisor)))
    return Backbone(
        name,
        int(values["input_size"]),
        int(values["vector_length"]),
        (float(mean), float(divisor)),
        None,
        float(values["megabytes"]),
        None,
        source,
        calibration,
        digest=str(values["digest"]),
    )


def networks_record(backbone: Backbone, base: str = "") -> dict[str, dict[str, Any]]:
    """Return what `run.json` holds of a backbone's networks that are files, by their names.

    Args:
        backbone: of the run.
        base: name of the known network that its first one was fine-tuned from; "" for none.
    """
    found: dict[str, dict[str, Any]] = {
        one.name: {
            "kind": "file",
            "digest": one.digest,
            "input_size": one.input_size,
            "vector_length": one.vector_length,
            "scaling": list(one.scaling),
            "megabytes": one.megabytes,
        }
        for one in backbone.members
        if one.digest
    }
    if base:
        found[backbone.members[0].name] |= {"kind": "fine_tuned", "base": base}
    return found


def keep_networks(run: Run, backbone: Backbone, models: Callable[[Backbone], Path]) -> None:
    """Keep copies of a backbone's networks with the run, of those that cannot be made again.

    These are quantized ones, whose pictures may be gone one day, and networks that are files.

    Args:
        run: which one.
        backbone: its backbone.
        models: returns the LiteRT file of a network.
    """
    for number, one in enumerate(backbone.members):
        if one.quantized or one.digest:
            write_checked(run.network_file(number), models(one).read_bytes())
        if isinstance(one.source, NetworkFile) and one.source.keras:
            write_checked(run.network_file(number, ".keras"), one.source.keras.read_bytes())


def models_of(
    run: Run, workspace: Workspace, on_progress: OnProgress | None = None
) -> Callable[[Backbone], Path]:
    """Return what finds the LiteRT file of a network of a run: the copy kept with it, else the workspace's.

    What it returns raises BackboneError where weights cannot be read or downloaded, or a conversion fails.

    Args:
        run: which one.
        workspace: where converted backbones are kept; one that is missing is converted.
        on_progress: called in the phase `backbone` while it is converted.

    Raises:
        RunError: the run is unfinished or damaged.
    """
    kept = {one.key: run.network_file(n) for n, one in enumerate(backbone_of(run).members)}

    def model(one: Backbone) -> Path:
        file = kept.get(one.key)
        if file and file.is_file() and (is_usable(file) or _restored(file, one, workspace, on_progress)):
            return file
        return model_file(one, workspace.models, on_progress)

    return model


def _restored(file: Path, network: Backbone, workspace: Workspace, on_progress: OnProgress | None) -> bool:
    """Copy a damaged network of a run again from the workspace's models; return whether it is there."""
    other = workspace.models / f"{network.key}.tflite"
    if not other.is_file() or sha256_of(other) != told_checksum(file):
        return False
    write_checked(file, other.read_bytes())
    tell(on_progress, "backbone", f"{file} was damaged: it is copied again from {workspace.models}")
    return True
