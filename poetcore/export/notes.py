"""The short note that lies beside every exported model: what it is, and a few lines of code that use it."""

import json
import textwrap
from typing import Any

from poetcore.export.about import About
from poetcore.export.export_format import ExportFormat
from poetcore.export.parity import Parity

__all__ = ["code_of", "note", "reading_code"]

#: As `images.to_square` reads a photo: without transparency, halved while it is large, in sRGB, upright, and
#: resized to the square. Pictures of 16 bits, whose values have any range, are left to their owners.
_READ = """\
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

with suppress(ImportError):  # HEIC, as iPhones write it, needs: pip install pillow-heif
    from pillow_heif import register_heif_opener

    register_heif_opener()


def read(file):
    # From a file to (1, {size}, {size}, 3) float32: RGB, 0 to 255, as the model saw its pictures.
    picture = Image.open(file)
    picture.draft(None, ({size}, {size}))  # a large JPEG is decoded at a half, a quarter or an eighth
    info, profile = picture.info, picture.info.get("icc_profile")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    if not (profile and picture.mode in ("L", "CMYK")):
        picture = picture.convert("RGB")
    picture = picture.reduce(max(n for n in (1, 2, 4, 8) if n == 1 or min(picture.size) >= n * {size}))
    with suppress(ImageCms.PyCMSError, OSError):  # no profile, a damaged one, one of another kind
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        srgb, flags = ImageCms.createProfile("sRGB"), ImageCms.Flags.BLACKPOINTCOMPENSATION
        converted = ImageCms.profileToProfile(picture, found, srgb, 1, "RGB", flags=flags)
        changed = np.asarray(converted, int) - np.asarray(picture.convert("RGB"), int)
        if picture.mode == "CMYK" or abs(changed).max() > 2:  # else it is sRGB by another name
            picture = converted
    picture = picture.convert("RGB")
    picture.info = info
    picture = ImageOps.exif_transpose(picture)
    box = (0, 0, *picture.size)
    picture = picture.transform(({size}, {size}), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
    return np.asarray(picture, np.float32)[np.newaxis]

"""

_LABEL = """

labels = Path({labels}).read_text("utf-8").split("\\n")
probabilities = predict(read("photo.jpg"))
"""

_MOST_PROBABLE = """\
for i in probabilities.argsort()[::-1][:5]:
    print(labels[i], round(float(probabilities[i]), 3))
"""

_UNKNOWN = """\
if probabilities.max() < {least}:
    print("unknown")
"""

_OVER_THRESHOLD = """\
thresholds = {thresholds}
for i in np.flatnonzero(probabilities >= thresholds):
    print(labels[i], round(float(probabilities[i]), 3))
"""


def code_of(kind: ExportFormat, about: About) -> str:
    """Return the lines of Python that use an export: they define `read(file)` and `predict(pixels)`.

    Args:
        kind: the export format.
        about: the export; the lines run in the folder in which it lies.
    """
    last = _OVER_THRESHOLD if about.thresholds else _MOST_PROBABLE
    unknown = "" if about.least_probability is None else _UNKNOWN
    names = _names(about)
    return reading_code(about) + "".join(part.format(**names) for part in (kind.code, _LABEL, unknown, last))


def reading_code(about: About) -> str:
    """Return the lines of Python that define `read(file)`, as in `code_of`.

    Args:
        about: the export.
    """
    return _READ.format(size=about.size)


def _names(about: About) -> dict[str, Any]:
    """Return what is filled in."""
    return {
        "size": about.size,
        "file": json.dumps(about.file, ensure_ascii=False),
        "labels": json.dumps(about.labels, ensure_ascii=False),
        "output_layer": about.output_layer,
        "fed": about.input_range.code,
        "thresholds": [round(one, 4) for one in about.thresholds.values()],
        "least": round(about.least_probability or 0, 4),
    }


def _told(about: About) -> str:
    """Return what people are told of the model."""
    facts = about.facts
    parts = [f"{facts.model_name or about.run}.", facts.description]
    parts.append(facts.author and f"By {facts.author.removesuffix('.')}.")
    parts.append(facts.licence and f"Licence: {facts.licence}.")
    return " ".join(part for part in parts if part)


def _compared(kind: ExportFormat) -> str:
    return "On the computer that made it, its model was" if kind.usage else "Run by the code below, it was"


def _usage(kind: ExportFormat, about: About) -> str:
    return kind.usage.format(**_names(about)) if isinstance(kind.usage, str) else kind.usage(about)


def note(kind: ExportFormat, about: About, parity: Parity) -> str:
    """Return the note that lies beside an export.

    Args:
        kind: the export format.
        about: the export.
        parity: how it compared with the app.
    """
    code = "its own program" if kind.usage else "the code below"
    paragraphs = [
        f"{about.file}: {kind.title}",
        _told(about),
        f"Made by Poet from the run {about.run} ({about.backbone}, {about.size} x {about.size} pixels). Its"
        f" labels are in {about.labels}, in the order of the probabilities.",
        kind.remarks.format(size=about.size, output_layer=about.output_layer, feed=about.input_range.feed),
        f"{_compared(kind)} compared with Poet, the app. {parity.sentence}"
        if parity.pictures
        else parity.sentence,
    ]
    if parity.read_otherwise:
        paragraphs.append(
            f"{code.capitalize()} reads some kinds of pictures otherwise than Poet does, most often those of"
            " 16 bits: save them as 8-bit PNG files first."
        )
    if about.thresholds:
        paragraphs.append(
            "A picture may have several labels: all whose probability is at least their threshold,"
            f" {', '.join(f'{label} {least:.2f}' for label, least in about.thresholds.items())}."
        )
    if about.temperature != 1:
        paragraphs.append(
            f"Its probabilities are calibrated: the run's temperature of {about.temperature:.3g} is part of"
            " the weights."
        )
    if about.least_probability is not None:
        paragraphs.append(
            "It answers with one of its labels whatever it is shown. Of pictures of these labels 95 % get a"
            f" largest probability of {about.least_probability:.3f} or more; {code} says unknown where it is"
            " less. The app compares a picture with the training pictures too, an export cannot."
        )
    wrap = textwrap.TextWrapper(width=100, break_long_words=False, break_on_hyphens=False)
    if kind.usage:
        return "\n\n".join([*map(wrap.fill, paragraphs), _usage(kind, about)])
    paragraphs.append(f"To use it in Python (pip install {kind.requirements}):")
    return "\n\n".join([*map(wrap.fill, paragraphs), textwrap.indent(code_of(kind, about), "    ")])
