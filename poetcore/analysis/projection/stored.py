"""Maps that take a while: arranged by a child process, kept by content, found again by every page."""

import hashlib
import io
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from poetcore.features.backbones import Backbone
from poetcore.system.processes import start_module
from poetcore.system.reading import read_arrays
from poetcore.workspace.job_folder import JobFolder
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace

__all__ = ["Projection", "Projections"]

#: Maps that are kept, the newest ones: one of 20,000 pictures has 1.5 MB.
_KEPT = 12

#: A map of more pictures places those that are left, unless so many are gone that others are neighbours.
_LEFT = 0.8


class Projection(JobFolder):
    """The folder of one map, `METHOD-NETWORK-PICTURES`: the only class that knows its file names.

    Args:
        folder: must exist, but for `places` and `exists`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.method = folder.name.split("-")[0]
        self._components_file = folder / "components.npz"
        self._places_file = folder / "places.npz"

    def exists(self) -> bool:
        """Return whether it was begun."""
        return self._status_file.is_file()

    def write_components(self, shas: Sequence[str], components: np.ndarray) -> None:
        """Write what is to be projected: the pictures' contents and `(n, c) float32`."""
        self._write(self._components_file, shas, components)

    def components(self) -> tuple[list[str], np.ndarray]:
        """Read what is to be projected."""
        with np.load(self._components_file) as arrays:
            return arrays["shas"].astype(str).tolist(), arrays["values"]

    def write_places(self, shas: Sequence[str], places: np.ndarray) -> None:
        """Write where the pictures lie, `(n, 2) float32`; what was to be projected is deleted."""
        self._write(self._places_file, shas, places)
        self._components_file.unlink(missing_ok=True)

    def places(self) -> dict[str, np.ndarray] | None:
        """Read where each content lies, `(2,) float32`; None where that is not known, or damaged."""
        with suppress(KeyError, TypeError, ValueError):
            arrays = read_arrays(self._places_file)
            shas, values = arrays["shas"].astype(str).tolist(), arrays["values"].astype(np.float32)
            if values.shape == (len(shas), 2) and np.isfinite(values).all():
                return dict(zip(shas, values, strict=True))
        return None

    def _write(self, file: Path, shas: Sequence[str], values: np.ndarray) -> None:
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, shas=np.array(shas, "S64"), values=values)
        self.write(file.name, content.getvalue())


class Projections:
    """The maps of a workspace, and the child processes that arrange them.

    A child goes on when the page, the browser or the server ends, and is found again by its folder.

    Args:
        workspace: in its folder of caches they are kept.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._folder = workspace.bottlenecks / "projections"
        # Kept only so that ended children are reaped; everything else is on disk.
        self._children: list[subprocess.Popen[bytes]] = []

    def of(self, shas: Sequence[str], backbone: Backbone, method: str) -> Projection:
        """Return the map of these pictures, which may not be begun.

        Args:
            shas: of their contents, each once, in any order.
            backbone: which network sees them.
            method: one of `METHODS`.
        """
        pictures = hashlib.sha256("\n".join(sorted(shas)).encode()).hexdigest()[:24]
        return Projection(self._folder / f"{_stem(backbone, method)}{pictures}")

    def places(self, shas: Sequence[str], backbone: Backbone, method: str) -> np.ndarray | None:
        """Return where these pictures lie, or None where that was not computed yet.

        A map of more pictures serves too, as long as most of them are left: so those that were not set aside
        stay where they are.

        Returns:
            `(n, 2) float32`, in the order of `shas`.
        """
        exact = self.of(shas, backbone, method)
        others = self._newest_first(f"{_stem(backbone, method)}*")
        for one in (exact, *(one for one in others if one.folder != exact.folder)):
            known = one.places()
            if known and len(shas) >= _LEFT * len(known) and all(sha in known for sha in shas):
                return np.stack([known[sha] for sha in shas])
        return None

    def start(
        self, shas: Sequence[str], components: np.ndarray, backbone: Backbone, method: str
    ) -> Projection:
        """Let a child process arrange the map of these pictures, and delete the oldest maps.

        Args:
            shas: of their contents, each once.
            components: `(n, c) float32`, of the same order.
            backbone: which network sees them.
            method: one of `METHODS`.
        """
        self._children = [child for child in self._children if child.poll() is None]
        projection = self.of(shas, backbone, method)
        if projection.exists() and not projection.current_status().final:
            return projection  # another tab was faster
        projection.folder.mkdir(parents=True, exist_ok=True)
        projection.cancel_file.unlink(missing_ok=True)
        projection.write_status(Status("starting", pid=0))
        projection.write_components(shas, components)
        child = start_module(
            "poetcore.analysis.projection.worker", [str(projection.folder)], projection.log_file
        )
        self._children.append(child)
        # The child needs a good part of a second before it writes its first status.
        projection.write_status(projection.status().of_process(child.pid))
        for old in self._newest_first("*")[_KEPT:]:
            if old.current_status().final:
                shutil.rmtree(old.folder, ignore_errors=True)
        return projection

    def cancel(self, projection: Projection) -> None:
        """End the process that arranges a map."""
        projection.cancel("")

    def _newest_first(self, pattern: str) -> list[Projection]:
        found = [one for one in map(Projection, self._folder.glob(pattern)) if one.exists()]
        return sorted(found, key=Projection.began, reverse=True)


def _stem(backbone: Backbone, method: str) -> str:
    """Return what the folders of all maps by a method of a network begin with."""
    network = hashlib.sha256(backbone.cache_key.encode()).hexdigest()[:12]
    return f"{method}-{network}-"
