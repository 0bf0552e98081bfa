"""What people typed or named, shown exactly as it is.

Streamlit reads the texts of nearly all its elements as Markdown: `![x](http://...)` in a label would make the
browser fetch that address, `20$` starts a formula. So every label, run, folder, file name and error message
passes through `plain` on its way into an f-string for an element. HTML is rendered by Jinja2 with autoescape
(see pictures.py), and what is shown literally anyway stays as it is: cells of a table, options and values of
a select box, the value of a metric, charts.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from poetcore.data.held_out import is_held_out
from poetcore.system.wording import brief, counted, few, in_sentence, isolated
from poetcore.workspace.demo_sets import dataset_title

__all__ = [
    "apart",
    "brief",
    "counted",
    "dataset_name",
    "dataset_names",
    "few",
    "in_sentence",
    "isolated",
    "plain",
    "short",
    "short_names",
]

#: What Markdown and Streamlit's additions (formulas, emoji, colours) give a meaning anywhere in a line.
_INLINE = re.compile(r"([\\`*_{}\[\]<>#|~$:&])")

#: What makes a whole line a list, a rule or a heading: "1.", "1)", "-", "+", "=".
_AT_START = re.compile(r"^(\d*)([-+=.)])")

#: Places in what Streamlit replaces once Markdown has been read and backslashes are gone: arrows and dashes
#: between spaces, its icons, and addresses, which become links.
_REPLACED_LATE = re.compile(
    r"(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))|(?<=:)(?=streamlit:|material/)"
    r"|(?<=http)(?=s?://)|(?<=www)(?=\.)|(?<=@)(?=\w)",
    re.IGNORECASE,
)

#: Invisible, of no width, and breaks no line.
_WORD_JOINER = "\u2060"


def plain(text: object) -> str:
    r"""Return a text as Markdown that shows its characters and nothing else.

    Args:
        text: a label, a name, a path, an error; line breaks and repeated spaces become one space, as they do
            in HTML.

    >>> plain("*20$*")
    '\\*20\\$\\*'
    """
    words = _REPLACED_LATE.sub(_WORD_JOINER, " ".join(str(text).split()))
    return isolated(_AT_START.sub(r"\1\\\2", _INLINE.sub(r"\\\1", words)))


def short(path: Path | str, parts: int = 2) -> str:
    """Return the last parts of a folder's path: `sample/train`. Not escaped."""
    return str(Path(*Path(path).parts[-parts:]))


def dataset_name(path: Path | str) -> str:
    """Return the name of a dataset for people. Not escaped."""
    return dataset_title(Path(path))


def dataset_names(paths: Sequence[str]) -> dict[str, str]:
    """Return a name for each dataset that tells it from the others: Streamlit keeps a choice by its name.

    Not escaped.
    """
    names = {path: dataset_name(path) for path in paths}
    often = Counter(names.values())
    alike = short_names([path for path in paths if often[names[path]] > 1 and not is_held_out(Path(path))])
    return {
        path: alike.get(path, f"{name} ({short(path)})") if often[name] > 1 else name
        for path, name in names.items()
    }


def apart(one: Path | str, other: Path | str) -> tuple[str, str]:
    """Return a name for each of two folders, long enough to tell them apart. Not escaped."""
    names = short_names([str(one), str(other)])
    return names[str(one)], names[str(other)]


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Return a name for each path: its last two parts, or as many more as tell it from the others.

    Streamlit keeps what is chosen by its name, so two folders must not share one. Not escaped.
    """
    names = {}
    for path in paths:
        parts = 2
        while (
            parts < len(Path(path).parts) and [short(p, parts) for p in paths].count(short(path, parts)) > 1
        ):
            parts += 1
        names[path] = short(path, parts)
    return names
