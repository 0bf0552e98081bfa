"""What small colour pictures look like, in numbers that can be compared: hashes and spectra of thumbnails.

Three things keep different pictures apart that a plain comparison of thumbnails takes for the same:

- What all pictures of a set have in common does not count: the background before a camera that stands still,
  the outline of every X-ray image. Their mean is subtracted first.
- Fine detail counts as much as coarse light and dark. The amplitudes of photos fall with the spatial
  frequency (D. Field, "Relations between the statistics of natural images and the response properties of
  cortical cells", 1987), so each coefficient of the cosine transform is multiplied by its frequency.
- Colours count where both pictures have some.

The transform of a window of a picture is computed from the thumbnail, so that a cropped copy can be found.
Here a picture is what is left of its thumbnail without what is common: `(n, 16, 16, 3) float32`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Protocol

import numpy as np

from poetcore.data.perceptual_hash import THUMBNAIL

__all__ = [
    "Small",
    "coarse",
    "common",
    "correlation",
    "has_detail",
    "hash_bits",
    "in_common_colours",
    "positions",
    "turn",
    "turn_coarse",
]

#: Frequencies on each side of the coarse view, and bits of a hash: 64, as many as a number has.
_COARSE = 8

#: With so many pictures half of their mean is subtracted: the mean of a few says little about others.
_ENOUGH = 30

#: Share of the mean that is subtracted at the most, so that pictures which are all nearly the same stay so.
_MOST = 0.9

#: Grey levels by which a thumbnail must vary for anything to be seen on it.
_DETAIL = 4.0

#: Levels between the strongest and the weakest of red, green and blue, on average, that cannot be seen.
_COLOURLESS = 4.0

#: ITU-R BT.601, as pictures become grey everywhere.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

#: Points at which a window is sampled on each axis.
_SAMPLES = 64

#: Pictures that are worked on at once: their numbers take up to 10 kB each.
_AT_ONCE = 4096


class Small(Protocol):
    """Thumbnails, `(n, 16, 16, 3) uint8`: an array, or what reads some at a time."""

    def __len__(self) -> int: ...

    def __getitem__(self, chosen: slice, /) -> np.ndarray: ...


def _parts(small: Small) -> Iterator[np.ndarray]:
    return (small[begin : begin + _AT_ONCE] for begin in range(0, len(small), _AT_ONCE))


def common(small: Small) -> np.ndarray:
    """Compute what pictures have in common.

    Args:
        small: thumbnails.

    Returns:
        The part of their mean that is to be subtracted, `(16, 16, 3) float32`.
    """
    total = np.zeros((THUMBNAIL, THUMBNAIL, 3))
    for part in _parts(small):
        total += part.sum(axis=0, dtype=np.float64)
    mean: np.ndarray = (total / max(len(small), 1)).astype(np.float32)
    return mean * min(_MOST, len(small) / (len(small) + _ENOUGH))


def has_detail(small: Small) -> np.ndarray:
    """Return whether anything can be seen on thumbnails: `(n,) bool`."""
    # In parts: the standard deviation of bytes is computed in floating point, eight times their size.
    found = (part.std(axis=(1, 2, 3)) >= _DETAIL for part in _parts(small))
    return np.concatenate([np.empty(0, bool), *found])


def in_common_colours(
    one: np.ndarray, other: np.ndarray, shared: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of pictures, both grey where one is: a black and white copy has lost its colours.

    Args:
        one: thumbnails, `(n, 16, 16, 3) uint8`.
        other: likewise.
        shared: of `common`.
    """
    grey = _is_grey(one) | _is_grey(other)
    one, other = one - shared, other - shared
    for pictures in (one, other):
        pictures[grey] = (pictures[grey] @ _LUMA)[..., None]
    return one, other


def _is_grey(small: np.ndarray) -> np.ndarray:
    red, green, blue = small[..., 0], small[..., 1], small[..., 2]
    strongest = np.maximum(np.maximum(red, green), blue)
    weakest = np.minimum(np.minimum(red, green), blue)
    grey: np.ndarray = (strongest - weakest).mean(axis=(1, 2), dtype=np.float32) < _COLOURLESS
    return grey


def coarse(small: Small, shared: np.ndarray, margin: float) -> np.ndarray:
    """Compute the 8 x 8 lowest coefficients of grey pictures: what shows of them from afar.

    Args:
        small: thumbnails.
        shared: of `common`.
        margin: share of the picture's sides that is left out at each margin.

    Returns:
        `(n, 8, 8) float32`, vertical by horizontal frequency, each picture's of length 1.
    """
    basis = _window(margin, _COARSE)
    found = np.empty((len(small), _COARSE, _COARSE), np.float32)
    for begin in range(0, len(small), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        found[part] = basis @ ((small[part] - shared) @ _LUMA) @ basis.T * _emphasis(_COARSE)
    lengths: np.ndarray = np.sqrt(np.einsum("nij,nij->n", found, found))
    found /= np.maximum(lengths, 1e-6)[:, None, None]
    return found


def hash_bits(coefficients: np.ndarray) -> np.ndarray:
    """Return the signs of coefficients of `coarse` as a hash, `(n,) uint64`; its first bit is always 0."""
    bits: np.ndarray = np.packbits(coefficients > 0).view(">u8").astype(np.uint64)
    return bits


def positions(hashes: np.ndarray) -> np.ndarray:
    """Return the hashes of pictures turned by quarters and mirrored.

    Args:
        hashes: `(n,) uint64`.

    Returns:
        `(8, n) uint64`, the first row as they are.
    """
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, _COARSE, _COARSE)
    odd = (np.arange(_COARSE) % 2).astype(np.uint8)
    columns, rows = odd[None, :] * np.ones((_COARSE, 1), np.uint8), odd[:, None] * np.ones(_COARSE, np.uint8)
    return np.stack(
        [
            np.packbits(turned ^ flips).view(">u8").astype(np.uint64)
            for turned in (bits, bits.transpose(0, 2, 1))
            for flips in (np.zeros_like(rows), columns, rows, rows ^ columns)
        ]
    )


def turn_coarse(coefficients: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Return coefficients of `coarse` as those of the pictures turned: as `turn` does with pictures."""
    odd = np.where(np.arange(_COARSE) % 2, -1, 1).astype(np.float32)
    turned = np.where(position[:, None, None] >= 4, coefficients.transpose(0, 2, 1), coefficients)
    turned *= np.where((position % 2 == 1)[:, None, None], odd, 1)
    turned *= np.where((position % 4 >= 2)[:, None, None], odd[:, None], 1)
    return turned


def correlation(
    one: np.ndarray, other: np.ndarray, margin: float = 0.0, other_margin: float = 0.0
) -> np.ndarray:
    """Compute how much the spectra of pictures agree, in pairs.

    Args:
        one: `(n, 16, 16, 3) float32`.
        other: likewise.
        margin: share of the sides of `one` that is left out at each margin.
        other_margin: likewise of `other`.

    Returns:
        `(n,) float32`: 1 where one is the other, but for brightness and contrast; 0 where they have nothing
        in common; -1 where one is the negative of the other.
    """
    one, other = _spectra(one, margin), _spectra(other, other_margin)
    agreement: np.ndarray = np.einsum("nf,nf->n", one, other)
    lengths = np.sqrt(np.einsum("nf,nf->n", one, one) * np.einsum("nf,nf->n", other, other))
    agreement /= np.maximum(lengths, 1e-6)
    return agreement


def _spectra(pictures: np.ndarray, margin: float) -> np.ndarray:
    basis = _window(margin, THUMBNAIL)
    found = basis @ pictures.transpose(0, 3, 1, 2) @ basis.T * _emphasis(THUMBNAIL)
    flat: np.ndarray = found.reshape(len(found), 3 * THUMBNAIL**2)
    return flat


def turn(pictures: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Return pictures turned or mirrored.

    Args:
        pictures: `(n, 16, 16, 3)`.
        position: `(n,) int64`, 0 to 7, in the order of `positions`.
    """
    turned = np.where(position[:, None, None, None] >= 4, pictures.transpose(0, 2, 1, 3), pictures)
    across, down = position % 2 == 1, position % 4 >= 2
    turned[across] = turned[across][:, :, ::-1]
    turned[down] = turned[down][:, ::-1]
    return turned


@cache
def _window(margin: float, frequencies: int) -> np.ndarray:
    """Compute the lowest rows of the discrete cosine transform over a window of a thumbnail's side.

    Between the centres of the pixels values are interpolated.

    Returns:
        `(frequencies, 16) float32`.
    """
    place = margin + (1 - 2 * margin) * (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    place = np.clip(place * THUMBNAIL - 0.5, 0, THUMBNAIL - 1)
    before = np.minimum(place.astype(int), THUMBNAIL - 2)
    samples = np.zeros((_SAMPLES, THUMBNAIL))
    samples[np.arange(_SAMPLES), before] = 1 - (place - before)
    samples[np.arange(_SAMPLES), before + 1] = place - before
    angles = np.pi * (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    waves = np.cos(np.arange(frequencies)[:, None] * angles)
    waves[0] /= np.sqrt(2)
    basis: np.ndarray = (waves @ samples / _SAMPLES).astype(np.float32)
    return basis


@cache
def _emphasis(frequencies: int) -> np.ndarray:
    """Return the factor of each coefficient, `(frequencies, frequencies) float32`: its frequency."""
    down, across = np.mgrid[:frequencies, :frequencies]
    factors: np.ndarray = np.hypot(down, across).astype(np.float32)
    return factors
