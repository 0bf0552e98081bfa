"""The exports that lie in a run's folder: which there are, and each as one zip file to take along."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from poetcore.errors import RunError
from poetcore.export.export_format import ExportFormat
from poetcore.export.export_options import ExportOptions
from poetcore.export.parity import Parity
from poetcore.workspace.records import read_json
from poetcore.workspace.run import Run

__all__ = ["Made", "find_made", "zipped"]

_USUAL = ExportOptions()


@dataclass(frozen=True)
class Made:
    """An export in a run's folder.

    Attributes:
        path: the model: a file, or a folder.
        files: all that belongs to it: the model's files, its labels, the note, the comparison.
        parity: how it compared with the app.
    """

    path: Path
    files: tuple[Path, ...]
    parity: Parity

    @property
    def bytes(self) -> int:
        """Size of all its files."""
        return sum(file.stat().st_size for file in self.files)


def find_made(run: Run, kind: ExportFormat, options: ExportOptions = _USUAL) -> Made | None:
    """Return the export of a run in a format, from its folder; None where there is none of its model now.

    Args:
        run: a finished run.
        kind: the format.
        options: what was chosen of it; what the format has no choice of does not count.

    Raises:
        RunError: the run is damaged.
    """
    path = run.exports / kind.name / kind.default_name
    stem = path.name if kind.folder_marker else path.stem
    chosen, usual = kind.chosen(options), kind.chosen(_USUAL)
    try:
        compared = read_json(path.parent / f"{stem}_parity.json")
        same = compared["run"] == run.name and compared["temperature"] == run.temperature()
        same &= compared.get("edition", 1) == kind.edition
        same &= chosen == {name: compared.get(name, usual[name]) for name in chosen}
        known = {name: compared[name] for name in ("pictures", "max_abs_diff", "same_top1")}
        later = {name: compared[name] for name in ("read_otherwise", "not_compared") if name in compared}
        parity = Parity(**known, **later)
    except (RunError, KeyError, TypeError):
        return None
    if not same or not path.exists():
        return None  # of a model that predicts otherwise, or of a run that was copied
    return Made(path, tuple(sorted(file for file in path.parent.rglob("*") if file.is_file())), parity)


def zipped(made: Made) -> bytes:
    """Return an export with its labels and its note as a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in made.files:
            archive.write(file, file.relative_to(made.path.parent))
    return out.getvalue()
