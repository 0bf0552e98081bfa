"""When a prediction is called unsure, and the words for it: pages and terminal ask here."""

from collections.abc import Sequence

from poetcore.system.figures import confidence

__all__ = ["NOT_SURE", "is_unsure", "unsure_sentence"]

#: What stands in place of the label.
NOT_SURE = "Not sure"

#: Below this probability of the first label, or with a lead over the second smaller than the other figure.
_LEAST, _LEAD = 0.6, 0.2


def is_unsure(top: Sequence[tuple[str, float]]) -> bool:
    """Return whether a prediction is too doubtful to stand as the answer.

    >>> is_unsure([("daisy", 0.7), ("rose", 0.2)]), is_unsure([("daisy", 0.7), ("rose", 0.55)])
    (False, True)

    Args:
        top: labels with their probabilities, most probable first, two at least where there are as many.
    """
    shares = [share for _, share in top[:2]]
    return shares[0] < _LEAST or shares[0] - sum(shares[1:]) < _LEAD


def unsure_sentence(label: str, probability: float) -> str:
    """Return what is said of an unsure prediction.

    Args:
        label: the most probable one, as it is to be shown.
        probability: its own.
    """
    return (
        f"Most probable is {label}, with {confidence(probability)}. It may be something else, or none of"
        " these labels."
    )
