"""Fine-tuning as a step of a training: from the trained last layer to the network that the run keeps."""

import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.data.contents import paths_of
from poetcore.features.backbones import Backbone, NetworkFile, combine
from poetcore.features.combination import LENGTH
from poetcore.features.extraction import extract_features
from poetcore.features.litert import model_file
from poetcore.features.memmap import FeatureTable
from poetcore.system.checksums import add_checksum
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.temporary import temporary_folder
from poetcore.training.config import RunConfig
from poetcore.training.cross_validation import CrossValidation, divided, validated
from poetcore.training.examples import Prepared
from poetcore.training.fine_tuning.brought import compare_before, find_temperature
from poetcore.training.fine_tuning.child import run_front, run_job
from poetcore.training.fine_tuning.job import KERAS_FILE, LITE_FILE, Job, Outcome
from poetcore.training.fine_tuning.maps import MapCache, extract_maps, front_of
from poetcore.training.train import Examples
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Tuned", "fine_tune", "maps_file"]

#: The most that a picture counts because its label is rare.
_MOST = 5.0

_PARTS = {"training": 0, "validation": 1}


@dataclass(frozen=True)
class Tuned:
    """What fine-tuning made of a training.

    Attributes:
        prepared: the examples, on the network that the run keeps.
        head: its last layer, calibrated by nothing yet.
        temperature: what the outputs are divided by; 1 for nothing.
        validated: its cross validation; None where there was none.
        base: name of the network that was fine-tuned; "" where that was a file of one's own.
        record: what `run.json` holds of it: `best`, `epochs`, `rate`, `share`, `parameters`, `stopped`,
            `curve`, `seconds`, `temperature`; and of the test pictures, which took no part, `pictures`,
            `difference`, `interval`, and of the network before and after (`frozen`, `tuned`) `accuracy` and
            `cross_entropy`, both with a temperature of the validation pictures. Without test pictures these
            are of the validation pictures, and `on` says of which.
    """

    prepared: Prepared
    head: Head
    temperature: float
    validated: CrossValidation | None
    base: str
    record: dict[str, Any]

    @property
    def kept(self) -> bool:
        """Whether the run keeps a network of its own."""
        return bool(self.record["best"])


def maps_file(workspace: Workspace) -> Path:
    """Return where a workspace keeps feature maps; it may be deleted, they are computed again."""
    return workspace.bottlenecks / "maps.sqlite"


def fine_tune(
    config: RunConfig,
    prepared: Prepared,
    head: Head,
    workspace: Workspace,
    run: Run,
    on_progress: OnProgress,
) -> Tuned:
    """Train the last blocks of a run's network, of several side by side those of the first one.

    Training and validation pictures take part; where there are test pictures, what it brought is told on
    these. A network that got no better is left as it was.

    Args:
        config: of the run.
        prepared: its examples, on the network as it is.
        head: the last layer trained on these.
        workspace: where feature maps are kept.
        run: gets the network.
        on_progress: called in the phases `feature_maps` and `fine_tuning`.

    Raises:
        BackboneError: the network cannot be cut in two.
        KeyboardInterrupt: stopped a second time.
    """
    start = time.perf_counter()
    backbone, options = prepared.backbone, config.fine_tuning
    part = backbone.members[0]
    front, pictures = front_of(part), paths_of(prepared.split)
    flip = options.fine_tune_flip == "on"
    run.stop_file.unlink(missing_ok=True)
    with workspace.file_index() as index, MapCache(maps_file(workspace)) as cache:
        file = workspace.models / f"{front.key}.tflite"
        there = extract_maps(
            pictures,
            front,
            lambda: run_front(part.name, file, on_progress),
            cache,
            index,
            flip,
            on_progress,
        )
    prepared = _without(prepared, prepared.split["sha"].isin(there).to_numpy())
    split = prepared.split
    targets, vectors = _all_of(prepared)
    folds, tested = np.full(len(split), -1), np.zeros(len(split), bool)
    if options.fine_tune_cross_validation:
        folds, tested = divided(targets, split["group"].to_numpy())
    with temporary_folder(run.folder / "fine_tuning") as folder:
        Job(
            architecture=part.name,
            maps=str(maps_file(workspace)),
            stop=str(run.stop_file),
            epochs=options.fine_tune_epochs,
            rate=options.fine_tune_rate,
            flip=flip,
            seed=config.training.seed,
            unit=head.unit,
            length=LENGTH if backbone.parts else 0.0,
            shas=split["sha"].to_numpy(str),
            targets=targets,
            beside=np.ascontiguousarray(vectors[:, part.vector_length :]),
            part=split["split"].map(_PARTS).fillna(2).to_numpy(np.int64),
            folds=np.where(tested, folds, -1),
            weights=_weights(prepared.parts["training"], targets, config.training.class_weight),
            kernel=head.kernel,
            bias=head.bias,
        ).write(folder)
        run_job(folder, run.stop_file, on_progress)
        outcome = Outcome.read(folder)
        if outcome.best:
            _keep(run, folder)
    run.stop_file.unlink(missing_ok=True)
    for values in outcome.curve:
        run.append_event("fine_tuning", **values)
    after, layer, cross = prepared, head, None
    if outcome.best:
        layer = replace(head, kernel=outcome.kernel, bias=outcome.bias)
        after = _on_tuned(prepared, _tuned_backbone(run, backbone), workspace, on_progress)
        if len(outcome.held_out):
            groups, labels = split["group"].to_numpy(), prepared.dataset.labels
            cross = validated(outcome.held_out, targets, groups, folds, tested, split, labels)
    record: dict[str, Any] = {
        name: getattr(outcome, name)
        for name in ("best", "epochs", "rate", "share", "parameters", "stopped", "curve")
    }
    temperature = find_temperature(layer, after, cross) if outcome.best else 1.0
    record |= {"seconds": round(time.perf_counter() - start, 3), "temperature": temperature}
    record |= compare_before(prepared, head, after, layer)
    base = "" if isinstance(part.source, NetworkFile) else part.name
    return Tuned(after, layer, temperature, cross, base, record)


def _without(prepared: Prepared, there: np.ndarray) -> Prepared:
    """Return the examples without pictures that are gone meanwhile."""
    if there.all():
        return prepared
    split = prepared.split[there].reset_index(drop=True)
    parts = {
        name: Examples(part.vectors, part.targets[inside], np.asarray(part.rows)[inside])
        for name, part in prepared.parts.items()
        for inside in [there[(prepared.split["split"] == name).to_numpy()]]
    }
    kept = np.concatenate([there, np.zeros(len(prepared.everything) - len(there), bool)])
    everything = prepared.everything
    rows = np.asarray(everything.rows)[kept]
    return replace(
        prepared,
        split=split,
        parts=parts,
        training=parts["training"],
        everything=Examples(everything.vectors, everything.targets[kept], rows),
        groups=prepared.groups[kept],
        owners=np.arange(len(split)),
    )


def _all_of(prepared: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Return the targets of all pictures and their vectors, in the order of the split."""
    vectors, targets = prepared.everything.take(np.arange(prepared.originals))
    return targets, vectors


def _weights(training: Examples, targets: np.ndarray, class_weight: str) -> np.ndarray:
    """Return what each picture counts, `(n,) float32`: balanced, a label's pictures as much as another's."""
    if class_weight == "none":
        return np.ones(len(targets), np.float32)
    counts = np.bincount(training.targets, minlength=int(targets.max()) + 1)
    factors = len(training) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    weights: np.ndarray = np.minimum(factors, _MOST).astype(np.float32)[targets]
    return weights


def _keep(run: Run, folder: Path) -> None:
    for name, ending in ((LITE_FILE, ".tflite"), (KERAS_FILE, ".keras")):
        (folder / name).replace(run.network_file(0, ending))
        add_checksum(run.network_file(0, ending))


def _tuned_backbone(run: Run, backbone: Backbone) -> Backbone:
    """Return a backbone whose first network is the one that a run keeps; its scaling is inside it."""
    source = NetworkFile(run.network_file(0), run.network_file(0, ".keras"))
    digest = hashlib.sha256(source.lite.read_bytes()).hexdigest()[:12]
    first, *others = backbone.members
    tuned = replace(first, source=source, digest=digest, scaling=(0.0, 1.0), imagenet_top1=None)
    return combine([tuned, *others]) if others else tuned


def _on_tuned(
    prepared: Prepared, backbone: Backbone, workspace: Workspace, on_progress: OnProgress
) -> Prepared:
    """Return the examples on another network, those of augmented copies excluded."""
    split, everything = prepared.split, prepared.everything

    def on_picture(now: Progress) -> None:
        on_progress(replace(now, message="Extracting features with the fine-tuned network"))

    with (
        workspace.file_index() as index,
        workspace.feature_cache() as cache,
        FeatureTable(workspace.bottlenecks, backbone.vector_length) as table,
    ):
        extract_features(
            paths_of(split),
            backbone,
            lambda one: model_file(one, workspace.models, on_progress),
            cache,
            index,
            sink=table.add,
            on_progress=on_picture,
            phase="fine_tuning",
        )
        prepared = _without(prepared, split["sha"].map(table.__contains__).to_numpy(bool))
        split, everything = prepared.split, prepared.everything
        rows, array = table.rows(split["sha"]), table.array
    targets = everything.targets[: len(split)]
    places = {name: (split["split"] == name).to_numpy() for name in prepared.parts}
    parts = {name: Examples(array, targets[inside], rows[inside]) for name, inside in places.items()}
    whole = Examples(array, targets, rows)
    return replace(
        prepared,
        backbone=backbone,
        parts=parts,
        training=parts["training"],
        everything=whole,
        groups=prepared.groups[: len(split)],
        owners=np.arange(len(split)),
    )
