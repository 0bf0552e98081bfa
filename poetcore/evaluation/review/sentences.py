"""What a review is told as: the corrected accuracy in sentences, and what it does not show."""

from poetcore.evaluation.review.corrected import Corrected
from poetcore.system.figures import UNKNOWN, count, interval, percent, points, with_interval
from poetcore.system.wording import counted

__all__ = ["about_review", "corrected_words"]


def corrected_words(found: Corrected) -> str:
    """Return the corrected accuracy in a few words: `91.2 % (87 to 94 %), 85.6 % before`."""
    before = percent(found.before.value) if found.before else UNKNOWN
    if found.accuracy is None:
        return UNKNOWN
    return f"{with_interval(found.accuracy, found.interval)}, {before} before the review"


def about_review(found: Corrected) -> list[str]:
    """Return what a review found, and what its figure does not show; nothing without a verdict that counts.

    Args:
        found: of an evaluation.
    """
    if found.before is None:
        return ["Most of these pictures were seen in training, so that there is no accuracy to correct."]
    outdated = _about_outdated(found.outdated)
    if not found.any:
        return outdated
    return [_about_mistakes(found), *_about_ambiguous(found), _about_right(found), *outdated]


def _about_mistakes(found: Corrected) -> str:
    """Return how many mistakes were reviewed, and who was wrong."""
    done = found.mistakes_reviewed
    which = " not seen in training" if found.mistakes_seen else ""
    of_mistakes = f"{counted(found.mistakes, 'misclassified picture')}{which}"
    of_all = f"{count(done)} of the {of_mistakes}"
    if done == found.mistakes:
        of_all = f"All {of_mistakes}" if done > 1 else f"The only misclassified picture{which}"
    if not found.mistakes:
        return f"No picture{which} is misclassified."
    if not done:
        return f"None of the {of_mistakes} was reviewed yet: they count as mistakes."
    right = count(found.became_right) if found.became_right else "none"
    words = f"{of_all} {'was' if done == 1 else 'were'} reviewed: on {right} of them the label is wrong and"
    words += " the model right"
    if found.taken_out:
        words += f"; taken out as not usable: {counted(found.taken_out, 'picture')}"
    words += "."
    if left := found.mistakes - done:
        words += f" The other {count(left)} count{'s' if left == 1 else ''} as mistakes until then."
    return words


def _about_ambiguous(found: Corrected) -> list[str]:
    if found.without_ambiguous is None:
        return []
    number = found.verdicts["ambiguous"]
    verb = "counts" if number == 1 else "count"
    return [
        f"{counted(number, 'ambiguous picture')} {verb} by the label as it is; without"
        f" {'it' if number == 1 else 'them'} the accuracy is {percent(found.without_ambiguous.value)}."
    ]


def _about_right(found: Corrected) -> str:
    """Return what pictures may hide that are labelled as predicted."""
    left = found.right - found.right_reviewed
    if not left:
        return "All pictures labelled as predicted were reviewed too."
    if found.estimate is None:
        looked = f"{count(found.right_reviewed)}" if found.right_reviewed else "none"
        verb = "were" if found.right_reviewed > 1 else "was"
        cost = points(0.01 * left / max(found.total, 1)).lstrip("+")
        return (
            f"Of the {count(found.right)} pictures labelled as predicted {looked} {verb} reviewed. Label and"
            f" model may be wrong alike there: 1 % of such pictures would lower the accuracy by {cost}, and"
            " only a random sample bounds how many there are."
        )
    one = found.estimate
    share = interval(*one.wrong_interval)
    return (
        f"In a random sample of {count(one.sample)} of the {count(found.right)} pictures labelled as"
        f" predicted, label and model are both wrong on {count(one.wrong)} ({share} of such"
        f" pictures): up to {count(one.hidden)} may hide among the {count(one.rest)} not reviewed, which the"
        " corrected accuracy and its interval take into account."
    )


def _about_outdated(number: int) -> list[str]:
    if not number:
        return []
    verb = "does" if number == 1 else "do"
    return [f"{counted(number, 'verdict')} {verb} not count: the label was changed since."]
