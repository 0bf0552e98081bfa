"""Names of labels: which can be one, which are meant as the same, and what differs between two of them.

The same word can be written in several ways that look alike: with composed or decomposed accents (as macOS
stores names), in capitals, with a blank too many, with letters of another alphabet.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from poetcore.data.groups import linked_groups
from poetcore.system.names import natural_key

__all__ = ["difference", "match_labels", "nearest", "nearly", "similar_labels", "unusable_name"]

#: Letters of other alphabets that look like Latin ones, those that occur in mixed words most (a part of
#: "confusables.txt", Unicode Technical Standard 39).
_LOOK_ALIKE = str.maketrans("аеорсухѕіјԁһԛԝмтквнαορνιτκıℓ\u2044\u2215", "aeopcyxsijdhqwmtkbhaopvitkil//")

#: What is written between two words in several ways; a hyphen or dot beside a digit or at an end has a
#: meaning: "A-" is not "A", nor "1.5" "15".
_LETTER = r"[^\W\d_]"
_SEPARATORS = re.compile(rf"(?<=[^\W_])[\s_]+(?=[^\W_])|(?<={_LETTER})[\s_\-\u2010-\u2015.]+(?={_LETTER})")

#: Endings of plurals that one and the same category is written with and without.
_PLURALS = ("s", "es", "n", "en")

#: A word of fewer letters is too short for one letter to be a slip: "ant" and "bat" are two things.
_LONG_WORD = 5
_LONG_PLURAL = 3


def unusable_name(name: str) -> str | None:
    """Return why a folder's name cannot be a label, to be read after its path, or None.

    Any script, emoji and marks of writing direction can; what would break a table or a line cannot.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return "has a name that is not valid Unicode: rename it, its pictures are not used"
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in name):
        return (
            "has a line break or another control character in its name: rename it, its pictures are not used"
        )
    return None


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    """Return a name without what hardly shows: case, blanks too many, invisible characters."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split())


def _outline(name: str) -> str:
    """Return what is left of a name to the eye: like letters are one, and so are separators of words."""
    return _SEPARATORS.sub(" ", _folded(name).translate(_LOOK_ALIKE))


#: From the strictest to the most tolerant: names of the same form are taken for the same.
_FORMS: tuple[Callable[[str], str], ...] = (str, _composed, _folded, _outline)


def match_labels(names: Iterable[str], known: Sequence[str]) -> dict[str, str]:
    """Find each name among the labels that are known: as it is, else by what it looks like.

    >>> match_labels(["Rose ", "tulip", "fern"], ["rose", "tulip"])
    {'Rose ': 'rose', 'tulip': 'tulip'}

    Args:
        names: of label folders.
        known: such as the labels of a run.

    Returns:
        name -> known label; a name that fits none is missing, and so is one that fits several alike.
    """
    meanings = [_unique(known, form) for form in _FORMS]
    found: dict[str, str] = {}
    for name in names:
        for form, meaning in zip(_FORMS, meanings, strict=True):
            fitting = meaning.get(form(name), ())
            if fitting:
                if len(fitting) == 1:
                    found[name] = fitting[0]
                break
    return found


def _unique(known: Iterable[str], form: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    meaning: dict[str, list[str]] = {}
    for label in dict.fromkeys(known):
        if form(label):  # a name of nothing but invisible characters looks like nothing
            meaning.setdefault(form(label), []).append(label)
    return meaning


def difference(a: str, b: str) -> str:
    """Return what differs between two names, in a few words; empty where they look quite different.

    >>> difference("rose ", "rose")
    'a blank at the end'
    >>> difference("tulips", "tulip")
    'one letter more'

    Args:
        a: the name that is spoken of.
        b: the one that it is compared with.
    """
    if a == b:
        return ""
    if _composed(a) == _composed(b):
        return "the same letters, composed differently"
    parts = [*_blanks(a, b)]
    squeezed_a, squeezed_b = (" ".join(_visible(name).split()) for name in (a, b))
    if squeezed_a != squeezed_b and squeezed_a.casefold() == squeezed_b.casefold():
        parts.append("upper and lower case")
    if parts or _folded(a) == _folded(b):
        return " and ".join(parts) or "letters that look alike"
    if _outline(a) == _outline(b):
        separated = _SEPARATORS.sub(" ", _folded(a)) == _SEPARATORS.sub(" ", _folded(b))
        return "blanks, hyphens or underscores" if separated else "letters that look alike"
    return _one_letter(_folded(a), _folded(b)) if _slip(a, b) else ""


def _visible(name: str) -> str:
    return "".join(letter for letter in _composed(name) if unicodedata.category(letter) != "Cf")


def _blanks(a: str, b: str) -> Iterable[str]:
    """Yield what differs in blanks and invisible characters, of names that are the same but for that."""
    if _folded(a) != _folded(b):
        return
    if _visible(a) != _composed(a) or _visible(b) != _composed(b):
        yield "an invisible character"
    first, second = _visible(a), _visible(b)
    for side, stripped in (("end", str.rstrip), ("beginning", str.lstrip)):
        more, less = (len(name) - len(stripped(name)) for name in (first, second))
        if more != less:
            number = abs(more - less)
            what = "a blank" if number == 1 else f"{number} blanks"
            yield f"{what} {'at' if more > less else 'missing at'} the {side}"
    if re.findall(r"\s+", first.strip()) != re.findall(r"\s+", second.strip()):
        yield "the blanks between words"


def _slip(a: str, b: str) -> bool:
    """Return whether two names are the same but for one letter of one word, as a typing error or a plural."""
    words_a, words_b = _outline(a).split(), _outline(b).split()
    if len(words_a) != len(words_b):
        return False
    differing = [pair for pair in zip(words_a, words_b, strict=True) if pair[0] != pair[1]]
    if len(differing) != 1:
        return False
    short, long = sorted(differing[0], key=len)
    if not (short + long).isalpha():
        return False  # a number that differs is another thing: "page 1" and "page 2"
    if len(short) >= _LONG_PLURAL and long in {short + ending for ending in _PLURALS}:
        return True
    return len(short) >= _LONG_WORD and bool(_one_letter(short, long))


def _one_letter(a: str, b: str) -> str:
    """Return how one letter turns `b` into `a`; empty where that takes more."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if rest_a[1:] == rest_b:
        return "one letter more"
    if rest_a == rest_b[1:]:
        return "one letter less"
    if rest_a[1:] == rest_b[1:]:
        return "one letter"
    if rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]:
        return "two letters in another order"
    if abs(len(a) - len(b)) == 2 and a[: len(b)] == b[: len(a)]:
        return "two letters more" if len(a) > len(b) else "two letters less"
    return ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known label that a name is nearly, or None; what differs is told by `difference`."""
    return next((label for label in known if label != name and difference(name, label)), None)


def nearly(unknown: Iterable[str], known: Sequence[str]) -> str:
    """Return what differs where names are nearly known labels, as the begin of a sentence; empty for none.

    >>> nearly(["tulips", "fern"], ["rose", "tulip"])
    "'tulips' is nearly 'tulip' (one letter more)"
    """
    pairs = [(name, other) for name in unknown if (other := nearest(name, known))]
    return "; ".join(f"{name!r} is nearly {other!r} ({difference(name, other)})" for name, other in pairs)


def similar_labels(labels: Iterable[str]) -> list[tuple[str, ...]]:
    """Group labels that are equal or nearly equal to the eye, in natural order.

    >>> similar_labels(["tulip", "Rose", "rose", "tulips", "daisy"])
    [('Rose', 'rose'), ('tulip', 'tulips')]
    """
    names = sorted(set(labels), key=natural_key)
    by_key: dict[str, list[str]] = {}
    for name in names:
        for key in _keys(name):
            by_key.setdefault(key, []).append(name)
    pairs = (
        (one, other)
        for sharing in by_key.values()
        for place, one in enumerate(sharing)
        for other in sharing[place + 1 :]
        if difference(one, other)
    )
    groups = [tuple(sorted(group, key=natural_key)) for group in linked_groups(pairs)]
    return sorted(groups, key=lambda group: natural_key(group[0]))


def _keys(name: str) -> set[str]:
    """Return texts of which two nearly equal names share one: the outline, and it less each one letter."""
    outline = _outline(name)
    plurals = {outline.removesuffix(ending) for ending in _PLURALS}
    # Only words of letters are compared to one letter, so numbered labels share no key.
    less_one = {outline[:i] + outline[i + 1 :] for i, letter in enumerate(outline) if letter.isalpha()}
    return {outline} | plurals | less_one
