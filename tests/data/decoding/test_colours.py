"""Colours as a screen shows them: profiles become sRGB, deep values keep their range."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from poetcore.data import images
from poetcore.data.decoding import colours
from tests.conftest import encoded, picture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_primaries(*primaries: tuple[float, float, float], name: bytes = b"wide") -> bytes:
    """The profile of sRGB with other primaries, as XYZ under D50: what Display P3 and Adobe RGB are."""
    profile = bytearray(SRGB)
    for tag, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        place = 128 + 4
        while profile[place : place + 4] != tag:
            place += 12
        offset = int.from_bytes(profile[place + 4 : place + 8], "big")
        for number, value in enumerate(xyz):
            at = offset + 8 + 4 * number
            profile[at : at + 4] = round(value * 65536).to_bytes(4, "big", signed=True)
    return bytes(profile)


#: Colorants of Display P3 under D50, as in Apple's profile.
DISPLAY_P3 = with_primaries((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))


def converted(original: Image.Image, profile: bytes) -> np.ndarray:
    """What littleCMS makes of a picture when it is asked directly."""
    made = ImageCms.profileToProfile(
        original,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return np.asarray(made, int)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "JPEG"])
def test_a_wide_gamut_becomes_srgb(form):
    lossless = {"lossless": True} if form == "WEBP" else {}
    content = encoded(picture(1), form, icc_profile=DISPLAY_P3, **lossless)
    plain = images.decode(encoded(picture(1), form, **lossless))
    assert np.abs(np.asarray(images.decode(content), int) - converted(plain, DISPLAY_P3)).max() <= 1
    assert np.abs(converted(plain, DISPLAY_P3) - np.asarray(plain, int)).max() > 20


def test_red_of_display_p3_is_brighter_red_than_srgb_has():
    content = encoded(Image.new("RGB", (4, 4), (200, 60, 50)), "PNG", icc_profile=DISPLAY_P3)
    red, green, _ = images.decode(content).getpixel((1, 1))
    assert red > 210 and green < 50


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_the_profile_of_srgb_changes_no_bit(form):
    with_profile, without = (
        encoded(picture(1), form, **more) for more in ({"icc_profile": SRGB}, {"icc_profile": None})
    )
    assert np.array_equal(images.to_square(with_profile, 40), images.to_square(without, 40))


@pytest.mark.parametrize(
    "profile",
    [b"no profile", SRGB[:200], SRGB[:128] + bytes(300), bytes(4000), b"x" * 100_000],
    ids=["text", "cut", "no tags", "zeros", "large"],
)
def test_a_broken_profile_is_ignored(profile):
    content = encoded(picture(1), "PNG", icc_profile=profile)
    assert np.array_equal(images.decode(content), images.decode(encoded(picture(1), "PNG")))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_of_other_colours_than_the_picture_is_ignored(mode):
    other, plain = (
        encoded(picture(1, mode=mode), "TIFF", **more) for more in ({"icc_profile": DISPLAY_P3}, {})
    )
    assert np.array_equal(images.decode(other), images.decode(plain))


def test_a_grey_profile_is_applied():
    linear = grey_profile(gamma=1.0)
    decoded = images.decode(encoded(Image.new("L", (4, 4), 55), "PNG", icc_profile=linear))
    assert 125 <= decoded.getpixel((1, 1))[0] <= 133  # 0.2157 of the light is 128 in sRGB


def grey_profile(gamma: float) -> bytes:
    """A grey ICC profile (version 2): header, table of tags, white point and curve."""
    white = b"XYZ \0\0\0\0" + b"".join(round(v * 65536).to_bytes(4, "big") for v in (0.9642, 1, 0.8249))
    curve = b"curv\0\0\0\0\0\0\0\1" + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    text = b"desc\0\0\0\0\0\0\0\5grey\0" + bytes(79)
    copyright_ = b"text\0\0\0\0none\0\0\0\0"
    parts = {b"wtpt": white, b"kTRC": curve, b"desc": text, b"cprt": copyright_}
    table, data, place = b"", b"", 128 + 4 + 12 * len(parts)
    for tag, part in parts.items():
        table += tag + (place + len(data)).to_bytes(4, "big") + len(part).to_bytes(4, "big")
        data += part + bytes(-len(part) % 4)
    body = len(parts).to_bytes(4, "big") + table + data
    header = bytearray(128)
    header[0:4] = (128 + len(body)).to_bytes(4, "big")
    header[8:12] = bytes([2, 0x40, 0, 0])
    header[12:24] = b"mntrGRAYXYZ "
    header[36:40] = b"acsp"
    header[68:80] = white[8:]
    return bytes(header) + body


def test_a_transparent_picture_of_a_wide_gamut_lies_over_white():
    content = encoded(Image.new("RGBA", (4, 4), (200, 60, 50, 0)), "PNG", icc_profile=DISPLAY_P3)
    assert images.decode(content).getpixel((1, 1)) == (255, 255, 255)


def test_lab_is_shown_in_its_colours():
    lab = ImageCms.profileToProfile(
        picture(1), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    decoded = np.asarray(images.decode(encoded(lab, "TIFF")), int)
    assert np.abs(decoded - np.asarray(picture(1), int)).mean() < 4


# ----------------------------------------------------------------------------------------------- deep values


def ramp(top: int) -> np.ndarray:
    return np.linspace(0, top, 60 * 40).reshape(40, 60).astype(np.uint16)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("form", ["TIFF", "PNG"])
def test_values_of_a_depth_fill_the_range(bits, form):
    values = ramp(2**bits - 1)
    decoded = np.asarray(images.decode(encoded(Image.fromarray(values), form)))[..., 0]
    assert np.abs(decoded - values * (255 / (2**bits - 1))).max() < 1


def test_a_dark_picture_is_not_stretched_to_the_full_range():
    decoded = np.asarray(images.decode(encoded(Image.fromarray(ramp(20_000)), "PNG")))
    assert decoded.max() == 20_000 * 255 // 65535


@pytest.mark.parametrize("tag", [281, 341])
def test_the_largest_value_in_the_header_counts(tag):
    content = encoded(Image.fromarray(ramp(900)), "TIFF", tiffinfo={tag: 65535})
    assert np.asarray(images.decode(content)).max() == 900 * 255 // 65535


def test_a_grey_map_is_scaled_by_its_own_largest_value():
    content = b"P5 2 1 4095\n" + (4095).to_bytes(2, "big") + (500).to_bytes(2, "big")
    assert np.abs(np.asarray(images.decode(content))[0, :, 0] - [255, 500 / 4095 * 255]).max() <= 1


def deep_png(values: np.ndarray) -> bytes:
    """A PNG file of colours of 16 bits, which Pillow does not write."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, bands = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, {3: 2, 4: 6}[bands], 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def deep_tiff(values: np.ndarray, order: str) -> bytes:
    """A TIFF file of colours of 16 bits, uncompressed."""
    import struct

    height, width, _ = values.shape
    data = values.astype(order + "u2").tobytes()
    bits = struct.pack(order + "3H", 16, 16, 16)
    short, long = 3, 4
    entries = [
        (256, long, 1, width), (257, long, 1, height), (258, short, 3, 8), (259, short, 1, 1),
        (262, short, 1, 2), (273, long, 1, 14), (277, short, 1, 3), (278, long, 1, height),
        (279, long, 1, len(data)),
    ]  # fmt: skip

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        form = "HHIHH" if kind == short and count == 1 else "HHII"
        return struct.pack(order + form, tag, kind, count, value, *([0] if form == "HHIHH" else []))

    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 14 + len(data))
    listed = b"".join(entry(*one) for one in entries)
    return head + bits + data + struct.pack(order + "H", len(entries)) + listed + bytes(4)


@pytest.mark.parametrize("bits", [8, 12, 14, 16])
@pytest.mark.parametrize("form", ["PNG", "TIFF <", "TIFF >"])
def test_deep_colours_of_a_depth_fill_the_range(bits, form):
    values = np.stack([ramp(2**bits - 1), ramp(2**bits - 1)[::-1], ramp(2**bits - 1) // 2], axis=-1)
    content = deep_png(values) if form == "PNG" else deep_tiff(values, form[-1])
    decoded = np.asarray(images.decode(content), int)
    assert np.abs(decoded - values * (255 / (2**bits - 1))).max() <= 1


@pytest.mark.parametrize("opaque", [4095, 65535])
def test_deep_colours_with_transparency_fill_the_range(opaque):
    ramps = [ramp(4095), ramp(4095)[::-1], ramp(4095) // 2]
    whole = np.stack([*ramps, np.full((40, 60), opaque)], axis=-1)
    decoded = np.asarray(images.decode(deep_png(whole)), int)
    assert np.abs(decoded - whole[..., :3] * (255 / 4095)).max() <= 1
    whole[:20, :, 3] = 0
    assert (np.asarray(images.decode(deep_png(whole)))[:20] == 255).all()


def test_how_colours_are_converted_is_worked_out_once_for_a_profile(monkeypatch):
    built = []
    build = ImageCms.buildTransform
    monkeypatch.setattr(
        ImageCms, "buildTransform", lambda *given, **named: built.append(1) or build(*given, **named)
    )
    colours._transform.cache_clear()
    for number in range(3):
        images.to_square(encoded(picture(number, (60, 45)), "JPEG", icc_profile=DISPLAY_P3), 224)
    assert len(built) == 1
