"""What is not offered for runs of several labels a picture, and why: one sentence each, in one place."""

from typing import NoReturn

from poetcore.errors import OptionError

__all__ = ["NOT_OFFERED", "refuse_multi_label"]

#: By what is asked for.
NOT_OFFERED = {
    "accuracy": "There is no one accuracy where a picture may have several labels: see precision, recall and"
    " F1 of each label, and the subset accuracy.",
    "calibrate": "Probabilities are not calibrated where a picture may have several labels: each label has a"
    " threshold of its own, chosen on cross-validated predictions.",
    "compare": "Two runs are not compared picture by picture where a picture may have several labels: compare"
    " the figures of each label on the page Evaluate.",
    "confusion_matrix": "There is no confusion matrix where a picture may have several labels: see precision"
    " and recall of each label, and which labels occur together.",
    "cross_validation": "There is no table of cross-validated predictions where a picture may have several"
    " labels: what was cross-validated, precision, recall and threshold of each label, is in run.json.",
    "fine_tune": "Fine-tuning (fine_tune) is not offered where a picture may have several labels: train the"
    " last layer, or several networks side by side such as efficientnet_lite0+efficientnet_lite2.",
    "costs": "Costs of mistakes are not offered where a picture may have several labels: there is no one"
    " answer that could cost anything; name groups of labels instead.",
    "group_recall": "A threshold for a wanted recall is not offered where a picture may have several labels,"
    " since their cross-validated predictions are not kept: give the threshold of the group yourself.",
    "label_issues": "Label issues are not ranked where a picture may have several labels: look at the"
    " pictures with a wrong label on the page Evaluate.",
    "learning_curve": "There is no learning curve where a picture may have several labels: train on a part of"
    " the pictures and compare the figures of each label.",
    "report": "There is no HTML report where a picture may have several labels: use predictions.csv and the"
    " page Evaluate.",
    "review": "Verdicts and a corrected accuracy are not offered where a picture may have several"
    " labels: look at the pictures with a wrong label on the page Evaluate.",
    "ridge": "Ridge regression is not offered where a picture may have several labels: train with the head"
    " gradient_descent.",
    "subset": "Training on some labels or pictures only (labels, max_pictures_per_label) is not offered where"
    " a picture may have several labels: make a folder or CSV file of those that are meant.",
    "threshold": "A threshold for a wanted precision or recall is not offered where a picture may have"
    " several labels: each label has a threshold already, see the figures of each label.",
    "tune": "Tuning is not offered where a picture may have several labels: train with other settings, and"
    " compare macro F1 in the list of runs.",
    "unknown": "Whether a picture is unlike the training pictures is not told where a picture may have"
    " several labels: it gets none of them where no probability reaches its threshold.",
}


def refuse_multi_label(what: str) -> NoReturn:
    """Raise that something is not offered where a picture may have several labels.

    Args:
        what: a key of `NOT_OFFERED`.

    Raises:
        OptionError: always.
    """
    raise OptionError(NOT_OFFERED[what])
