"""The seven steps of the workflow: which are done, and which is next."""

from dataclasses import dataclass

from poetcore.ui.choice import Choice

__all__ = ["Step", "steps"]


@dataclass(frozen=True)
class Step:
    """One of the seven steps.

    Attributes:
        name: a word.
        what: a sentence.
        page: the page that does it, by its file's name.
        done: whether it is done for what is chosen.
    """

    name: str
    what: str
    page: str
    done: bool


def steps(choice: Choice, evaluated: bool, tuned: bool) -> list[Step]:
    """Return the steps, each with whether it is done for what is chosen.

    Args:
        choice: dataset, demo folder and run.
        evaluated: whether the chosen run was evaluated on the chosen demo folder.
        tuned: whether there is more than one run to compare.
    """
    has_pictures, has_run = choice.dataset is not None, choice.run is not None
    return [
        Step(
            "Gather", "Put the pictures of each category into a folder of its own.", "prepare", has_pictures
        ),
        Step(
            "Prepare",
            "Look at them; keep some as a demo folder that the model never sees.",
            "prepare",
            choice.demo is not None,
        ),
        Step(
            "Choose a model",
            "Pick the pre-trained network (backbone) that turns a picture into features.",
            "train",
            has_run,
        ),
        Step("Train", "Train its last layer on your categories and watch the curves.", "train", has_run),
        Step(
            "Evaluate",
            "Measure the accuracy on the demo pictures; look at the misclassified ones.",
            "evaluate",
            evaluated,
        ),
        Step("Tune", "Repair labels, add pictures or steps, train again and compare.", "train", tuned),
        Step(
            "Predict and present", "Label new pictures; show predictions on a projector.", "slideshow", False
        ),
    ]
