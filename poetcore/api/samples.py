"""The sample set from Python."""

from pathlib import Path

from poetcore.api.arguments import PathLike, Progressing, on_progress, path_of, whole_number

__all__ = ["make_sample"]


def make_sample(
    folder: PathLike = "sample",
    *,
    train_per_label: int = 60,
    demo_per_label: int = 20,
    progress: Progressing = None,
) -> Path:
    """Draw the sample flowers: five labels, a folder `train` and a folder `demo`; nothing is downloaded.

    Args:
        folder: where the set is written; pictures that are there already are kept.
        train_per_label: training pictures of each label, at least 1.
        demo_per_label: demo pictures of each label, at least 1.
        progress: None for a bar where there is a terminal or notebook, False for none, or a function.

    Returns:
        The folder.

    Raises:
        OptionError: a number is impossible.
        DatasetError: the folder cannot be written.

    Example:
        >>> folder = poet.make_sample("small", train_per_label=2, demo_per_label=1)
        >>> sorted(path.name for path in folder.iterdir())
        ['demo', 'train']
    """
    from poetcore.sources.samples import make_sample

    counts = {
        "train_per_label": whole_number(train_per_label, "train_per_label"),
        "demo_per_label": whole_number(demo_per_label, "demo_per_label"),
    }
    with on_progress(progress) as show:
        return make_sample(path_of(folder, "folder"), **counts, on_progress=show)
