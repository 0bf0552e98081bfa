"""Figures as people read them: one way to write a share, an interval, a count and a duration, everywhere.

A measured share has one decimal, since the widest interval that is worth a figure leaves its first digit
doubtful only; the ends of an interval and a model's confidence have none.
"""

from collections.abc import Sequence

__all__ = [
    "clock",
    "confidence",
    "count",
    "duration",
    "file_size",
    "interval",
    "p_figure",
    "p_words",
    "percent",
    "points",
    "points_interval",
    "score",
    "with_interval",
]

#: What stands where a figure is not known.
UNKNOWN = "–"


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share, 0 to 1, in percent: `95.7 %`; "–" where it is not known.

    >>> percent(0.9574), percent(0.4, digits=0), percent(None)
    ('95.7 %', '40 %', '–')
    """
    return UNKNOWN if share is None else f"{100 * share:.{digits}f} %"


def confidence(probability: float) -> str:
    """Return a probability that a model gives, 0 to 1; one that is not certain never reads as if it were.

    >>> confidence(0.9038), confidence(0.9996), confidence(0.004), confidence(1.0)
    ('90 %', '>99 %', '<1 %', '100 %')
    """
    if 0 < probability < 0.005:
        return "<1 %"
    if 0.995 <= probability < 1:
        return ">99 %"
    return percent(probability, 0)


def interval(low: float, high: float) -> str:
    """Return a range of shares: `82 to 90 %`; with a digit more where both ends would read alike.

    >>> interval(0.824, 0.897), interval(0.981, 0.984)
    ('82 to 90 %', '98.1 to 98.4 %')
    """
    digits = 0 if f"{100 * low:.0f}" != f"{100 * high:.0f}" else 1
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f} %"


def with_interval(share: float | None, ends: Sequence[float] | None) -> str:
    """Return a share with the range in which the true one lies: `85.6 % (82 to 90 %)`."""
    if share is None or ends is None:
        return percent(share)
    return f"{percent(share)} ({interval(*ends)})"


def score(value: float | None) -> str:
    """Return a figure from 0 to 1 that is no share, such as F1; "–" where it is not known.

    >>> score(0.9352), score(None)
    ('0.94', '–')
    """
    return UNKNOWN if value is None else f"{value:.2f}"


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points, with its sign.

    >>> points(0.024), points(-0.001)
    ('+2.4 points', '-0.1 points')
    """
    return f"{100 * difference:+z.1f} points"


def points_interval(low: float, high: float) -> str:
    """Return a range of differences of two shares in percentage points; with signs where one is a loss.

    >>> points_interval(0.012, 0.034), points_interval(-0.004, 0.02), points_interval(0.02, 0.0201)
    ('1.2 to 3.4 points', '-0.4 to +2.0 points', '2.0 points')
    """
    sign = "+z" if min(low, high) < -0.0005 else "z"
    first, last = (f"{100 * share:{sign}.1f}" for share in (low, high))
    return f"{first} points" if first == last else f"{first} to {last} points"


def count(number: int) -> str:
    """Return a whole number with a comma between thousands.

    >>> count(20500)
    '20,500'
    """
    return f"{number:,}"


def file_size(size: int) -> str:
    """Return the size of a file, given in bytes, as people say it.

    >>> file_size(84_200), file_size(3_410_000), file_size(90)
    ('84 kB', '3.4 MB', '90 bytes')
    """
    if size >= 999_500:
        return f"{size / 1e6:,.1f} MB"
    return f"{round(size / 1000)} kB" if size >= 1000 else f"{size} bytes"


def p_figure(p_value: float | None) -> str:
    """Return a p-value as it stands in a column.

    >>> p_figure(0.0312), p_figure(0.00004), p_figure(0.624), p_figure(None)
    ('0.031', '< 0.001', '0.62', '–')
    """
    if p_value is None:
        return UNKNOWN
    if p_value < 0.001:
        return "< 0.001"
    return f"{p_value:.3f}" if p_value < 0.1 else f"{p_value:.2f}"


def p_words(p_value: float) -> str:
    """Return a p-value as it stands in a sentence.

    >>> p_words(0.0312), p_words(0.00004), p_words(0.624)
    ('p = 0.031', 'p < 0.001', 'p = 0.62')
    """
    figure = p_figure(p_value)
    return f"p {figure}" if figure.startswith("<") else f"p = {figure}"


def duration(seconds: float, *, whole: bool = False) -> str:
    """Return a time as people say it; `whole` without parts of a second, for one that is counted.

    >>> duration(0.42), duration(12.3), duration(125), duration(7320), duration(4.2, whole=True)
    ('0.4 s', '12 s', '2 min 5 s', '2 h 2 min', '4 s')
    """
    if seconds < 9.95 and not whole:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def clock(seconds: float) -> str:
    """Return a place in a video as players show it, with tenths of a second where it has some.

    >>> clock(12), clock(75.5), clock(3725.04)
    ('0:12', '1:15.5', '1:02:05')
    """
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    last = f"{rest // 10:02d}" + (f".{rest % 10}" if rest % 10 else "")
    return f"{hours}:{minutes:02d}:{last}" if hours else f"{minutes}:{last}"
