"""The short note that lies beside every exported model: what it is, and a few lines of code that use it."""

import textwrap

from poetcore.export.export_format import ExportFormat
from poetcore.export.parity import Parity
from poetcore.system.figures import percent

__all__ = ["note"]

#: As `images.to_square` reads a photo: upright, halved while it is large, then resized to the square.
_PICTURE = """\
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

# Colours of another profile than sRGB, such as Display P3, have to be converted first (PIL.ImageCms).
picture = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB")
while min(picture.size) >= 2 * {size}:
    picture = picture.reduce(2)
picture = picture.transform(
    ({size}, {size}), Image.Transform.EXTENT, (0, 0, *picture.size), Image.Resampling.BILINEAR
)
pixels = np.asarray(picture, np.float32)[np.newaxis]  # (1, {size}, {size}, 3), RGB, 0 to 255
"""

_LABELS = """
labels = Path("{labels}").read_text("utf-8").splitlines()
for i in probabilities.argsort()[::-1][:5]:
    print(labels[i], round(float(probabilities[i]), 3))
"""


def note(
    kind: ExportFormat,
    *,
    run: str,
    backbone: str,
    size: int,
    file: str,
    labels: str,
    output_layer: str,
    parity: Parity,
    temperature: float = 1.0,
) -> str:
    """Return the note that lies beside an export.

    Args:
        kind: the export format.
        run: name of the run.
        backbone: its pre-trained network.
        size: pixels a side that the model takes.
        file: name of the exported file or folder, which lies beside the note.
        labels: the labels file, relative to the note.
        output_layer: what is fetched from a frozen graph.
        parity: how it compared with the app.
        temperature: what the run's outputs are divided by before the softmax; 1 where by nothing.
    """
    names = {"file": file, "labels": labels, "size": size, "output_layer": output_layer}
    code = "".join(part.format(**names) for part in (_PICTURE, kind.code, _LABELS))
    compared = (
        f"Compared with Poet on {parity.pictures} pictures: the same top label on"
        f" {percent(parity.same_top1)}, the largest difference of a probability is {parity.max_abs_diff:.2g}."
        if parity.pictures
        else "It could not be compared with Poet: none of the run's pictures was left when it was exported."
    )
    calibrated = (
        [
            f"Its probabilities are calibrated: the run's temperature of {temperature:.3g} is part of the"
            " weights."
        ]
        if temperature != 1
        else []
    )
    paragraphs = (
        f"{file}: {kind.title}",
        f"Made by Poet from the run {run} ({backbone}, {size} x {size} pixels). Its labels are in {labels},"
        " in the order of the probabilities.",
        kind.remarks.format(**names),
        compared,
        *calibrated,
        f"To use it in Python (pip install {kind.requirements}):",
    )
    wrap = textwrap.TextWrapper(width=100, break_long_words=False, break_on_hyphens=False)
    return "\n\n".join([*map(wrap.fill, paragraphs), textwrap.indent(code, "    ")])
