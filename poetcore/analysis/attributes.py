"""What pictures can be divided by: sub-folder, light, colour, sharpness, size, date."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.analysis.measures import measure_all, read_measures
from poetcore.data import images
from poetcore.data.held_out import home_of
from poetcore.data.label_sets import split_set
from poetcore.data.listing import is_listing
from poetcore.errors import PictureError
from poetcore.system.figures import percent
from poetcore.system.files import cores
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["ATTRIBUTES", "SUB_FOLDER", "TAKEN", "picture_attributes", "slices_by_attribute", "sub_folders"]

SUB_FOLDER, TAKEN = "sub-folder", "date taken"

#: Of a date there are no more slices than this; a coarser unit is taken.
_MOST_DATES = 24


@dataclass(frozen=True)
class _Scale:
    """An attribute with a number for each picture, that is cut into four parts of about as many pictures.

    Attributes:
        words: of the parts, the lowest first.
        figure: writes a number for people; None where it means nothing to them.
    """

    words: tuple[str, str, str, str]
    figure: Callable[[float], str] | None = None


_SCALES = {
    "brightness": _Scale(("darkest", "darker", "brighter", "brightest"), lambda value: percent(value, 0)),
    "colour": _Scale(
        ("palest", "paler", "more colourful", "most colourful"), lambda value: percent(value, 0)
    ),
    "sharpness": _Scale(("blurriest", "blurrier", "sharper", "sharpest")),
    "size": _Scale(
        ("smallest", "smaller", "larger", "largest"), lambda pixels: f"{pixels / 1e6:.2f} megapixels"
    ),
}

#: In the order in which they are shown.
ATTRIBUTES = (SUB_FOLDER, *_SCALES, TAKEN)


def picture_attributes(
    pictures: pd.DataFrame, folder: Path, workspace: Workspace, on_progress: OnProgress | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Find what is known of each picture; only those that were never measured are decoded.

    Args:
        pictures: n rows, columns path and label; a file that is gone or cannot be decoded has no figures.
        folder: the folder of label folders, the CSV file, or the list of held-out pictures, that they are of.
        workspace: where measures and the file index are kept.
        on_progress: called in the phases `scanning` and `measuring`.

    Returns:
        n rows in the same order, with the columns `ATTRIBUTES`: the sub-folder of the label ("" for none),
        mean brightness (0 black to 1 white), colour (mean distance of the strongest from the weakest of red,
        green and blue, 0 to 1), sharpness (see `Measure`), size in pixels, and the time at which the camera
        says it was taken. What is not known is missing. And the sha256 of each picture's content, ""
        where the file is gone.
    """
    paths = [Path(path) for path in pictures["path"]]
    with workspace.file_index() as index:
        entries = index.lookup(paths, on_progress)
    shas = [entry.sha for entry in entries]
    measure_all({entry.sha: entry.path for entry in entries if entry.width}, workspace, on_progress)
    known, hashes = read_measures([sha for sha in shas if sha], workspace)
    measures = known.reindex(shas)
    measured = measures["sharpness"].notna()
    rows = np.where(measured, hashes.rows(shas), -1).tolist()
    light = [_light(hashes.pixels[row]) if row >= 0 else (np.nan, np.nan) for row in rows]
    with ThreadPoolExecutor(cores()) as pool:
        taken = list(pool.map(_taken, paths))
    table = pd.DataFrame(
        {
            SUB_FOLDER: sub_folders(paths, list(pictures["label"]), home_of(folder)),
            "brightness": [one[0] for one in light],
            "colour": [one[1] for one in light],
            "sharpness": measures["sharpness"].to_numpy(float),
            "size": [float(entry.width * entry.height) or np.nan for entry in entries],
            TAKEN: pd.Series(taken, dtype="datetime64[s]"),
        }
    )
    return table.set_index(pictures.index), shas


def slices_by_attribute(attributes: pd.DataFrame) -> pd.DataFrame:
    """Divide pictures into slices by each attribute; one that is the same for all is not there.

    Args:
        attributes: as `picture_attributes` returns them.

    Returns:
        A column an attribute, the name of each picture's slice, categories in their order; missing where the
        attribute is not known.
    """
    found = {SUB_FOLDER: _by_folder(attributes[SUB_FOLDER]), TAKEN: _by_date(attributes[TAKEN])}
    found |= {name: _by_scale(attributes[name], scale) for name, scale in _SCALES.items()}
    several = [name for name in ATTRIBUTES if found[name].nunique() > 1]
    return pd.DataFrame({name: found[name] for name in several}, attributes.index)


def sub_folders(paths: Sequence[Path], labels: Sequence[str], home: Path) -> list[str]:
    """Return the sub-folder of its label in which each picture lies, "" for none.

    Of a CSV file, the folder in which a picture lies, without the part that is called as its label, or one of
    its labels, is; "" where it lies beside the file.
    """
    listing = is_listing(home)
    base = home.parent if listing else home
    inside = [path.relative_to(base).parts if path.is_relative_to(base) else path.parts for path in paths]
    if listing:
        own = [split_set(label) for label in labels]
        return [
            "/".join(part for part in parts[:-1] if part not in mine)
            for parts, mine in zip(inside, own, strict=True)
        ]
    return [parts[1] if len(parts) > 2 else "" for parts in inside]


def _light(thumbnail: np.ndarray) -> tuple[float, float]:
    """Return brightness and colour of a thumbnail, `(16, 16, 3) uint8`."""
    pixels = thumbnail.reshape(-1, 3) / 255
    # Source of the weights: ITU-R BT.601, as Pillow makes a picture grey.
    brightness = float((pixels @ np.array([0.299, 0.587, 0.114])).mean())
    return brightness, float((pixels.max(axis=1) - pixels.min(axis=1)).mean())


def _taken(path: Path) -> object:
    try:
        return images.date_taken(images.read(path))
    except PictureError:
        return None


def _by_folder(folders: pd.Series) -> pd.Series:
    named: pd.Series = folders.replace("", "directly in the label folder").astype("category")
    return named


def _by_date(taken: pd.Series) -> pd.Series:
    """Name the day, month or year of each picture: the finest of which there are not too many."""
    days = [taken.dt.strftime(unit) for unit in ("%Y-%m-%d", "%Y-%m", "%Y")]
    found: pd.Series = next((one for one in days if one.nunique() <= _MOST_DATES), days[-1])
    return found.astype("category")


def _by_scale(values: pd.Series, scale: _Scale) -> pd.Series:
    """Cut numbers into four parts of about as many pictures; the same numbers stay together."""
    known = values.dropna()
    quarters = sorted(set(known.quantile([0.25, 0.5, 0.75]))) if len(known) else []
    bounds = [bound for bound in quarters if bound < known.max()]
    if not bounds:
        return pd.Series(None, values.index, "category")
    low, _, _, high = scale.words
    names = {1: [low, high], 2: [low, "medium", high]}.get(len(bounds), list(scale.words))
    if scale.figure:
        said = [scale.figure(bound) for bound in bounds]
        ranges = [f"up to {said[0]}", *(f"up to {one}" for one in said[1:]), f"above {said[-1]}"]
        names = [f"{name} ({part})" for name, part in zip(names, ranges, strict=True)]
    places = np.searchsorted(bounds, values.to_numpy(float))  # a value at a bound is below it
    named = [names[place] if there else None for place, there in zip(places, values.notna(), strict=True)]
    return pd.Series(pd.Categorical(named, names), values.index)
