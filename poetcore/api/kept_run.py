"""A trained run as something that is kept: its name, its folder, its title, and how it is deleted."""

from pathlib import Path

from poetcore.api.grouped_run import GroupedRun
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["KeptRun"]


class KeptRun(GroupedRun):
    """What a run is called and where it lies; `TrainedRun` is one.

    Args:
        folder: the run's folder.
        workspace: the workspace that it lies in.
    """

    def __init__(self, folder: Run, workspace: Workspace) -> None:
        super().__init__(folder)
        self._workspace = workspace

    @property
    def name(self) -> str:
        """The run's name, which `load_run` and the command line take."""
        return self._run.name

    @property
    def folder(self) -> Path:
        """The run's folder in the workspace."""
        return self._run.folder

    @property
    def title(self) -> str:
        """What people call the run; may be set, and is not unique: `name` is.

        Example:
            >>> run.title
            'first'
        """
        return self._run.title

    @title.setter
    def title(self, text: str) -> None:
        self._run.rename_title(text)

    def delete(self) -> None:
        """Delete the run with its model and its evaluations, for good; the pictures stay.

        Raises:
            OptionError: it is being evaluated or exported; nothing is deleted then.

        Example:
            >>> copy = poet.retrain("sample/train", workspace="tf_files", name="copy", progress=False)
            >>> copy.delete()
        """
        self._workspace.delete_run(self._run)
