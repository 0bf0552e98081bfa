"""An evaluation as one HTML file that opens anywhere, without a connection and without scripts."""

import base64
import io
from datetime import datetime
from html import escape
from pathlib import Path

import altair as alt

import poetcore
from poetcore.charts import confidence_chart, confusion_chart
from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluate import Evaluation, confusion_table, threshold_table
from poetcore.evaluation.slides import Filter, Slide, deck

__all__ = ["report"]

#: More mistakes than this make a file that is slow to open; the rest is in predictions.csv.
MAX_MISCLASSIFIED = 200

_THUMBNAIL = 240


def report(evaluation: Evaluation) -> str:
    """Write the report: figures, charts as SVG, and the mistakes with thumbnails, the surest first."""
    metrics, predictions = evaluation.metrics, evaluation.predictions
    matrix = confusion_table(predictions["label"], predictions["predicted"], metrics.labels)
    mistakes = deck(predictions, Filter("mistakes"), "surest")
    accuracy = Accuracy(metrics.correct, metrics.total)
    title = f"{metrics.run} on {Path(metrics.folder).name}"
    more = len(mistakes) - MAX_MISCLASSIFIED
    parts = [
        f"<h1>{escape(title)}</h1><p class='big'>Accuracy {escape(str(accuracy))}</p>",
        f"<p>{escape(_fine_print(evaluation))}</p>",
        f"<h2>Confusion matrix</h2>{_svg(confusion_chart(matrix))}",
        f"<h2>Each label</h2>{_per_label(evaluation)}",
        f"<h2>If it only answered when it is sure</h2>{_svg(confidence_chart(threshold_table(predictions)))}",
        f"<h2>{len(mistakes)} mistakes, the surest first</h2>",
        "<div class='grid'>" + "".join(map(_figure, mistakes[:MAX_MISCLASSIFIED])) + "</div>",
        f"<p>And {more} more, in predictions.csv.</p>" if more > 0 else "",
        _skipped(evaluation),
        f"<footer>Made by Poet {poetcore.__version__} on {datetime.now():%Y-%m-%d %H:%M}. Demo folder:"
        f" {escape(metrics.folder)}</footer>",
    ]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _fine_print(evaluation: Evaluation) -> str:
    metrics = evaluation.metrics
    words = f"Macro F1 {metrics.macro_f1:.3f}. {len(metrics.skipped)} files left out."
    if metrics.leaked and metrics.accuracy_without_leaked is not None:
        words += (
            f" {metrics.leaked} of the pictures stood in the training folder too; without them the accuracy"
            f" is {metrics.accuracy_without_leaked:.1%}."
        )
    return words


def _svg(chart: alt.LayerChart) -> str:
    out = io.StringIO()
    chart.properties(width=560).configure_view(stroke=None).save(out, format="svg")
    return f"<div class='chart'>{out.getvalue()}</div>"


def _per_label(evaluation: Evaluation) -> str:
    rows = "".join(
        f"<tr><th>{escape(label)}</th><td>{s['precision']:.3f}</td><td>{s['recall']:.3f}</td>"
        f"<td>{s['f1']:.3f}</td><td>{s['support']:.0f}</td></tr>"
        for label, s in evaluation.metrics.per_label.items()
    )
    heads = "".join(f"<th>{word}</th>" for word in ("label", "precision", "recall", "F1", "pictures"))
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _figure(slide: Slide) -> str:
    top = ", ".join(f"{escape(label)} {share:.0%}" for label, share in slide.top)
    return (
        f"<figure>{_thumbnail(slide.path)}<figcaption><b>{escape(slide.label)} &rarr;"
        f" {escape(slide.predicted)}</b><br>{top}<br><small>{escape(Path(slide.path).name)}</small>"
        "</figcaption></figure>"
    )


def _thumbnail(path: str) -> str:
    try:
        content = images.thumbnail(images.read(Path(path)), _THUMBNAIL)
    except PictureError as error:
        return f"<div class='gone'>The file {escape(str(error))}.</div>"
    return f"<img alt='' src='data:image/jpeg;base64,{base64.b64encode(content).decode()}'>"


def _skipped(evaluation: Evaluation) -> str:
    if not evaluation.metrics.skipped:
        return ""
    items = "".join(
        f"<li>{escape(one['path'])} {escape(one['reason'])}</li>" for one in evaluation.metrics.skipped
    )
    return f"<h2>Left out</h2><ul>{items}</ul>"


_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b2330; max-width: 1000px; margin: 2rem auto;
  padding: 0 1rem; }
.big { font-size: 1.4rem; font-weight: 600; }
.chart svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; }
th, td { padding: .3rem .9rem; text-align: right; border-bottom: 1px solid #dde2ea; }
th:first-child { text-align: left; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 16px; }
figure { margin: 0; }
img, .gone { width: 100%; aspect-ratio: 4/3; object-fit: cover; border-radius: 8px; background: #eef1f6; }
figcaption { font-size: .85rem; overflow-wrap: anywhere; }
footer { margin: 3rem 0 1rem; color: #6a7486; font-size: .85rem; }
"""
