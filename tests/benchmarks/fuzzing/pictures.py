"""Readers of pictures and videos, and of what stands in them beside pixels."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

from tests.conftest import encoded, picture

Read = Callable[[bytes], object]

PICTURE_WORDS = (
    *(
        b"\xff\xd8",
        b"\xff\xd9",
        b"\xff\xe1\x00\x08Exif\x00\x00",
        b"\xff\xc0\x00\x11",
        b"\xff\xda",
        b"IHDR",
        b"IDAT",
    ),
    *(
        b"iCCP",
        b"zTXt",
        b"acTL",
        b"RIFF",
        b"WEBPVP8X",
        b"II*\x00",
        b"MM\x00*",
        b"P6\n",
        b"ftypheic",
        b"ftypavif",
    ),
    *(b"\xff\x0a", b"8BPS", b"GIF89a", b"\x00\x00\x00\x0cJXL ", b"%!PS", b"<svg", b"FUJIFILM", b"IIRO"),
)


def picture_seeds(_: Path) -> list[bytes]:
    """Small pictures of the formats that people have."""
    small, tiny = picture(1, (40, 30)), picture(2, (9, 7))
    exif = _exif()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "words " * 50, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>")
    seeds = [
        encoded(small, "JPEG", exif=exif, icc_profile=profile),
        encoded(small, "JPEG", progressive=True),
        encoded(small.convert("CMYK"), "JPEG"),
        encoded(tiny.convert("L"), "JPEG"),
        encoded(small, "PNG", pnginfo=texts, icc_profile=profile, exif=exif),
        encoded(tiny.convert("P"), "PNG", transparency=0),
        encoded(tiny.convert("RGBA"), "PNG"),
        encoded(Image.fromarray((np.arange(63).reshape(7, 9) * 999).astype("uint16")), "PNG"),
        encoded(tiny.convert("1"), "PNG"),
        encoded(tiny, "GIF", save_all=True, append_images=[tiny.transpose(Image.Transpose.ROTATE_180)]),
        encoded(small, "WEBP", exif=exif),
        encoded(tiny.convert("RGBA"), "WEBP", lossless=True),
        encoded(tiny, "BMP"),
        encoded(tiny.convert("P"), "BMP"),
    ]
    return seeds


def rare_seeds(_: Path) -> list[bytes]:
    """Small pictures of the other formats that are read."""
    tiny = picture(2, (9, 7))
    seeds = [
        encoded(tiny, "TIFF", compression=kind)
        for kind in (None, "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")
    ]
    seeds += [encoded(tiny.convert("1"), "TIFF", compression="group4"), encoded(tiny.convert("F"), "TIFF")]
    seeds += [
        b"P3\n3 2\n255\n" + b" ".join(b"%d" % n for n in range(18)),
        b"P2 3 2 9 1 2 3 4 5 6",
        b"P1 2 2 1 0 0 1",
    ]
    seeds += [encoded(tiny, "PPM"), encoded(tiny.convert("1"), "PPM"), b"P5 2 2 65535\n" + bytes(range(8))]
    for form, options in (
        ("JPEG2000", {}),
        ("AVIF", {}),
        ("HEIF", {}),
        ("JXL", {}),
        ("MPO", {}),
        ("TGA", {}),
        ("PCX", {}),
        ("ICO", {}),
    ):
        try:
            import pillow_heif

            pillow_heif.register_heif_opener()
            seeds.append(encoded(tiny.resize((64, 64)), form, **options))
        except (ImportError, KeyError, OSError, ValueError):  # nothing here writes it
            continue
    return seeds


def read_picture(_: Path, __: Path) -> Read:
    from poetcore.data import images
    from poetcore.errors import PictureError

    def read(content: bytes) -> None:
        images.date_taken(content)
        with suppress(PictureError):
            images.identify(content)
        images.to_square(content, 32)
        images.thumbnail(content, 16)

    return read


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = 6, "Camera", "2024:05:06 07:08:09"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8825)[2] = (1.0, 2.0, 3.0)
    return exif.tobytes()


def exif_seeds(_: Path) -> list[bytes]:
    return [_exif(), _exif()[6:]]


def read_exif(place: Path, lab: Path) -> Read:
    """Read whole pictures with what was made of their EXIF data."""
    read, tiny = read_picture(place, lab), picture(2, (9, 7))

    def exif(content: bytes) -> None:
        for form in ("JPEG", "PNG", "WEBP"):
            if len(content) < 60_000:
                read(encoded(tiny, form, exif=content))

    return exif


def icc_seeds(_: Path) -> list[bytes]:
    found = [
        ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes() for kind in ("sRGB", "LAB", "XYZ")
    ]
    return found


def read_icc(place: Path, lab: Path) -> Read:
    """Read whole pictures with what was made of their colour profile."""
    read = read_picture(place, lab)
    tiny = [picture(2, (9, 7)), picture(2, (9, 7)).convert("L"), picture(2, (9, 7)).convert("CMYK")]

    def icc(content: bytes) -> None:
        for one in tiny:
            read(encoded(one, "JPEG", icc_profile=content[:60_000]))

    return icc


def xmp_seeds(_: Path) -> list[bytes]:
    return [
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description tiff:Orientation="6" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"/></rdf:RDF></x:xmpmeta>'
    ]


def read_xmp(place: Path, lab: Path) -> Read:
    """Read whole pictures with what was made of their XMP packet."""
    read, tiny = read_picture(place, lab), picture(2, (9, 7))

    def xmp(content: bytes) -> None:
        read(encoded(tiny, "JPEG", xmp=content[:60_000]))
        read(encoded(tiny, "WEBP", xmp=content))

    return xmp


def video_seeds(_: Path) -> list[bytes]:
    from tests.videos import write_video

    shown = [(picture(seed), 0.3) for seed in (1, 2)]
    with tempfile.TemporaryDirectory() as folder:
        kinds = (("a.mp4", "libx264"), ("a.webm", "libvpx"), ("a.avi", "mjpeg"), ("a.mkv", "mpeg4"))
        turned = (0, 1, -1, 0)
        return [
            write_video(
                Path(folder) / name,
                shown,
                codec=codec,
                size=(48, 32),
                matrix=turned if "mp4" in name else None,
            ).read_bytes()
            for name, codec in kinds
        ]


def read_video(place: Path, _: Path) -> Read:
    from itertools import islice

    from poetcore.data.decoding.refusals import not_a_picture, video
    from poetcore.evaluation.video.frames import open_video

    file = place / "video.mp4"

    def read(content: bytes) -> None:
        video(content), not_a_picture(content)
        file.write_bytes(content)
        with open_video(file) as opened:
            for frame in islice(opened.frames(0.1), 6):
                assert frame

    return read
