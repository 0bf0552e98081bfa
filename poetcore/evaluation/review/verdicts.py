"""The verdicts on a picture: what can be said of it, in which words, and what a verdict needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from poetcore.data.labels import match_labels
from poetcore.errors import OptionError
from poetcore.system.wording import few

__all__ = ["VERDICTS", "Verdict", "check_verdict", "verdict_words"]

#: The verdicts as they are stored, each with its words on a misclassified picture; on one that is labelled as
#: predicted `label_correct` means that both are right.
VERDICTS = {
    "label_correct": "model wrong",
    "label_wrong": "label wrong",
    "ambiguous": "ambiguous",
    "unusable": "not usable",
}

#: Characters of a comment at the most.
_LONGEST = 2000


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says of a picture.

    Attributes:
        sha: of its content.
        verdict: one of `VERDICTS`; "" takes an earlier one back.
        right_label: for "label_wrong", the label that it should have.
        comment: in the reviewer's words.
    """

    sha: str
    verdict: str
    right_label: str = ""
    comment: str = ""


def verdict_words(verdict: str, right_label: str = "", *, misclassified: bool = True) -> str:
    """Return a verdict in a few words; "" for none.

    >>> verdict_words("label_wrong", "rose"), verdict_words("label_correct", misclassified=False)
    ('label wrong: rose', 'both right')
    """
    if verdict == "label_correct" and not misclassified:
        return "both right"
    words = VERDICTS.get(verdict, "")
    return f"{words}: {right_label}" if words and right_label else words


def check_verdict(given: Verdict, label: str, labels: Sequence[str]) -> Verdict:
    """Check what was said of a picture.

    Args:
        given: the verdict.
        label: the picture's true label.
        labels: the labels of the model.

    Returns:
        It with the right label as the model writes it.

    Raises:
        OptionError: there is no such verdict, or its right label is missing or impossible.
    """
    if given.verdict not in ("", *VERDICTS):
        raise OptionError(f"A verdict is one of {', '.join(VERDICTS)}. Received: {given.verdict!r}.")
    right = given.right_label.strip() if given.verdict == "label_wrong" else ""
    if given.verdict == "label_wrong":
        if not right:
            raise OptionError(
                "The verdict label_wrong needs the right label; where none can be told, say ambiguous."
            )
        matched = match_labels([right], list(labels)).get(right)
        if matched is None:
            raise OptionError(
                f"{right!r} is no label of this model: choose one of {few(list(labels))}, or unusable where"
                " none fits."
            )
        if matched == label:
            raise OptionError(f"The picture has the label {label!r} already: say label_correct instead.")
        right = matched
    return Verdict(given.sha, given.verdict, right, " ".join(given.comment.split())[:_LONGEST])
