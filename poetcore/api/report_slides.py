"""An evaluation as slides, for a presentation program or as a slideshow in one file: parts of `Report`."""

from pathlib import Path
from typing import Any

from poetcore.api.arguments import PathLike, Progressing, built, on_progress, path_of
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.headline import headline
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.label_groups.slide_groups import slide_groups
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["ReportSlides"]


class ReportSlides:
    """The slides of a `Report`; see there."""

    evaluation: Evaluation
    _run: Run
    _workspace: Workspace

    def to_slides(self, folder: PathLike, *, progress: Progressing = None, **options: Any) -> list[Path]:
        """Write the pictures as slides, PNG files of 1920 x 1080 with both labels on them; returns the files.

        Args:
            folder: a new or empty folder.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.
            **options: those of the command `slides`: show, label, order, seed, batch (pictures on a slide: 1,
                4, 6 or 9) and confidence.

        Raises:
            OptionError: the folder is not empty, lies among the pictures or cannot be written, or an option
                is impossible.
            PictureError: there is no picture to show.

        Example:
            >>> [file.name for file in report.to_slides("slides", batch=9)]
            ['slide_001.png', 'slide_002.png', 'slide_003.png']
        """
        from poetcore.evaluation.slide_files import check_folder, write_slides
        from poetcore.evaluation.slide_options import SlideOptions

        metrics, target = self.evaluation.metrics, path_of(folder, "folder")
        check_folder(target, Path(metrics.folder))
        chosen = built(SlideOptions, options)
        with on_progress(progress) as show:
            return write_slides(
                target,
                self.evaluation.predictions,
                f"{self._run.title} on {dataset_title(Path(metrics.folder))}",
                chosen,
                multi_label=metrics.multi_label is not None,
                groups=slide_groups(
                    current_label_groups(self._run), self.evaluation, confidence=chosen.confidence
                ),
                on_progress=show,
            ).files

    def to_slideshow(
        self, path: PathLike, *, force: bool = False, progress: Progressing = None, **options: Any
    ) -> Path:
        """Write the slideshow as one HTML file that opens by a double click, without a server or a network.

        It is the slideshow of the dashboard: keys, timing, guessing first, score, full screen. Its pictures
        are in the file, so its size hangs on how many there are, 2,000 at the most, and on `pixels`.

        Args:
            path: of the file.
            force: whether to replace a file that Poet did not write.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.
            **options: those of the command `slides`: show, label, order, seed, batch, confidence; pixels
                (longer side of a picture, 1280 by default), heat_maps, guess_first, seconds and teams.

        Returns:
            The path of the file.

        Raises:
            BackboneError: heat maps are wanted, and the run's network has none.
            OptionError: the path does not end in .html, is a folder or cannot be written, or an option is
                impossible.
            PictureError: there is no picture to show.

        Example:
            >>> report.to_slideshow("show.html", order="shuffled", pixels=640).name
            'show.html'
        """
        from poetcore.evaluation.slideshow.options import ShowOptions
        from poetcore.evaluation.slideshow.presenting import show_slides, slideshow_file

        target, chosen = path_of(path, "path"), built(ShowOptions, options)
        slides = show_slides(self.evaluation, chosen.slides)
        groups = slide_groups(
            current_label_groups(self._run), self.evaluation, confidence=chosen.slides.confidence
        )
        told = headline(self.evaluation.metrics)
        with on_progress(progress) as show:
            return slideshow_file(
                target, slides, self._run, self.evaluation, told, chosen, groups, self._workspace, show, force
            ).path
