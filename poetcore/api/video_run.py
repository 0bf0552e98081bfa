"""A trained run asked about a video: which label is shown when."""

from typing import TYPE_CHECKING

from poetcore.api.arguments import PathLike, Progressing, built, on_progress, path_of
from poetcore.api.looking_run import LookingRun
from poetcore.evaluation.label_groups.recall import current_label_groups

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VideoRun"]


class VideoRun(LookingRun):
    """What a run can say of a video, and of single pictures; `TrainedRun` is one."""

    def label_video(
        self,
        path: PathLike,
        *,
        every: float = 0.5,
        smoothing: float | None = None,
        progress: Progressing = None,
    ) -> "pd.DataFrame":
        """Predict which label a video shows when; needs the package av.

        Args:
            path: of the file.
            every: seconds from one frame that is labelled to the next.
            smoothing: time constant in seconds over which probabilities are averaged, 0 for each frame on its
                own; by default as the page Live has it.
            progress: as in `evaluate`.

        Returns:
            One row a frame: `time` in seconds, `label`, `confidence` and `p_<label>` from 0 to 1, `unknown`
            (None where the run does not know), `groups` and `least_cost` where the run has some.
            `.attrs["segments"]` has the stretches of one label as text, `.attrs["problem"]` a sentence on
            what could not be read, or "".

        Raises:
            OptionError: PyAV is not installed, or a number is impossible.
            VideoError: the file is no video that can be read.
        """
        from poetcore.evaluation.video.label_video import label_video
        from poetcore.evaluation.video.options import VideoOptions

        given = {"every": every} | ({} if smoothing is None else {"smoothing": smoothing})
        options, groups = built(VideoOptions, given), current_label_groups(self._run)
        with on_progress(progress) as show:
            found = label_video(self._run, self._workspace, path_of(path, "path"), options, groups, show)
        table = found.table()
        table.attrs = {"segments": [one.text for one in found.segments()], "problem": found.problem}
        return table
