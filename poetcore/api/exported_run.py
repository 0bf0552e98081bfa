"""A trained run as a model file for use elsewhere."""

from typing import TYPE_CHECKING, Any

from poetcore.api.arguments import PathLike, Progressing, built, on_progress, path_of
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.export.export import Exported

__all__ = ["ExportedRun"]


class ExportedRun:
    """What writes a run as a model file; `TrainedRun` is one."""

    _run: Run
    _workspace: Workspace

    def export(
        self,
        format: str,
        path: PathLike | None = None,
        *,
        force: bool = False,
        progress: Progressing = None,
        **options: Any,
    ) -> "Exported":
        """Write a model file that predicts as the app does, and compare the two on real pictures.

        Args:
            format: one of `poetcore.export.formats.FORMATS`, such as "keras", "tflite" or "onnx".
            path: the file (of some formats a folder); by default in the run's folder.
            force: whether to replace a file that Poet did not write.
            progress: as in `evaluate`.
            options: fields of `ExportOptions`, such as `author`, `licence` or `input_range` of a tflite file.

        Raises:
            OptionError: the format or an option is unknown, or something else is in the way.
            ParityError: the file predicts other labels than the app.
        """
        from poetcore.export.export import export
        from poetcore.export.export_options import ExportOptions

        out = None if path is None else path_of(path, "path")
        chosen = built(ExportOptions, options)
        with on_progress(progress) as show:
            return export(self._run, self._workspace, format, out, show, chosen, force=force)
