"""What a terminal shows of an evaluation: metrics of each label, and the confusion matrix if it fits."""

from rich.table import Table

from poetcore.cli.terminal import fits, table
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import count, percent, score

__all__ = ["confusion_table", "label_table"]


#: With more labels than this the worst are shown, so that they are seen.
_MANY = 40
_WORST = 20

#: Confusions that are shown where the matrix does not fit.
_LARGEST = 10


def label_table(metrics: Metrics) -> list[str | Table]:
    """Return the metrics of each label as a table; of very many labels those with the lowest F1.

    Args:
        metrics: of an evaluation.
    """
    labels = list(metrics.per_label)
    title, more = "Per-class metrics", ""
    if len(labels) > _MANY:
        # A label without pictures has no F1 and is not among the worst.
        known = [label for label in labels if metrics.per_label[label]["f1"] is not None]
        labels = sorted(known, key=lambda label: float(metrics.per_label[label]["f1"]))[:_WORST]
        title = f"Per-class metrics: the {len(labels)} lowest F1 of {len(metrics.per_label)} labels"
        more = f"... and {len(metrics.per_label) - len(labels)} more labels; --json lists them all."
    rows = []
    for label in labels:
        scores = metrics.per_label[label]
        shares = [percent(scores[name]) for name in ("precision", "recall")]
        rows.append([label, *shares, score(scores["f1"]), count(scores["support"])])
    drawn = table(title, ["label", "precision", "recall", "F1", "support"], rows)
    return [drawn, more] if more else [drawn]


def confusion_table(metrics: Metrics, whole: str) -> list[str | Table]:
    """Return the confusion matrix as a table, or its largest entries where it is wider than the terminal.

    Args:
        metrics: of an evaluation.
        whole: where all of it is, as a sentence ends.
    """
    labels, matrix = metrics.labels, metrics.confusion_matrix
    heading, rows = (
        ["", *labels],
        [[label, *map(str, row)] for label, row in zip(labels, matrix, strict=True)],
    )
    if fits(heading, rows):
        return [table("Confusion matrix (rows: true, columns: predicted)", heading, rows)]
    confused = [
        (count, true, predicted, count / sum(row))
        for true, row in zip(labels, matrix, strict=True)
        for predicted, count in zip(labels, row, strict=True)
        if count and true != predicted
    ]
    if not confused:
        return [f"No picture was misclassified. The whole confusion matrix: {whole}."]
    shown = sorted(confused, key=lambda one: (-one[0], -one[3]))[:_LARGEST]
    return [
        table(
            f"The largest confusions, {len(shown)} of {len(confused)}",
            ["true label", "predicted label", "pictures", "share of the true label"],
            [[true, predicted, str(count), percent(share)] for count, true, predicted, share in shown],
        ),
        f"The whole confusion matrix of {len(labels)} labels, which is wider than this terminal: {whole}.",
    ]
