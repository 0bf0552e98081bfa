"""A run as a notebook and a terminal show it."""

from html import escape

from poetcore.system.figures import UNKNOWN, count, percent, score
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["accuracies", "run_html"]


def accuracies(record: RunRecord) -> dict[str, str]:
    """Return the accuracies that there are, by name, the most certain first; else what stands for them."""
    if record.multi_label:
        return {"cross-validated macro F1": score(record.multi_label["macro_f1"])}
    validated = record.cross_validation
    found = {
        "cross-validated accuracy": validated["accuracy"] if validated else None,
        "test accuracy": record.metrics.get("final_test_accuracy"),
    }
    known = {name: percent(value) for name, value in found.items() if value is not None}
    return known or {"test accuracy": UNKNOWN}


def run_html(run: Run, record: RunRecord) -> str:
    """Return a run as a table in HTML."""
    rows = {
        "name": run.name,
        "labels": ", ".join(record.labels),
        "backbone": record.backbone,
        "pictures": ", ".join(f"{count(number)} {name}" for name, number in record.splits.items()),
        **({"kept aside": count(record.kept_aside)} if record.kept_aside else {}),
        **accuracies(record),
        "folder": str(run.folder),
    }
    body = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
    return f"<b>Run {escape(run.title)}</b><table>{body}</table>"
