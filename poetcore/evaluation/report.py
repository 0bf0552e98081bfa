"""An evaluation as one HTML file that opens anywhere, without a connection and without scripts."""

import base64
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import altair as alt
import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from poetcore.charts.evaluation import coverage_chart, reliability_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.evaluation.confusions import by_confusion, by_name
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.freshness import Difference
from poetcore.evaluation.headline import calibration_sentence, headline, label_doubt, leak_counts
from poetcore.evaluation.label_groups.summary import GroupSummary
from poetcore.evaluation.matrix_table import matrix_css, matrix_table
from poetcore.evaluation.metrics import Metrics, threshold_table
from poetcore.evaluation.review.carried import review_figures, with_verdicts
from poetcore.evaluation.review.review import Review
from poetcore.evaluation.review.verdicts import verdict_words
from poetcore.evaluation.slides import Filter, deck
from poetcore.evaluation.unknown import novelty_sentences
from poetcore.system.figures import confidence, count, percent, score, with_interval
from poetcore.system.names import natural_key
from poetcore.system.wording import counted
from poetcore.version import __version__
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.not_offered import refuse_multi_label

__all__ = ["MAX_MISCLASSIFIED", "report"]

#: More misclassified pictures than this make a file that is slow to open; the rest is in predictions.csv.
MAX_MISCLASSIFIED = 200

#: Labels of a confusion matrix that is drawn, and confusions that are listed where there are more.
_MOST_LABELS, _MOST_CONFUSED = 60, 20

#: Pixels of a thumbnail's longer side.
_THUMBNAIL = 240


@dataclass(frozen=True)
class _Thumbnail:
    """A picture inside the page: its `data:` address, or the reason why there is none."""

    address: str = ""
    reason: str = ""


def report(
    evaluation: Evaluation,
    difference: Difference | None = None,
    review: Review | None = None,
    groups: GroupSummary | None = None,
) -> str:
    """Return an evaluation as HTML: figures, charts as SVG, misclassified pictures with thumbnails.

    The page is the template `report.html` beside this module; everything in it is escaped but the charts.

    Args:
        evaluation: of a model on a demo folder.
        difference: of the demo folder then and now, so that figures that are out of date say so; None where
            that was not compared.
        review: of the evaluation: its verdicts and the corrected accuracy stand in the report.
        groups: how well the run tells its groups of labels, and what its answers cost; None without any.
    """
    metrics, predictions = evaluation.metrics, evaluation.predictions
    if metrics.multi_label:
        refuse_multi_label("report")
    leaks = evaluation.leaks()
    misclassified = deck(predictions, Filter("mistakes"), "surest")
    said = with_verdicts(predictions, review or Review())
    template = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    return (
        Environment(autoescape=True, undefined=StrictUndefined)
        .from_string(template)
        .render(
            title=f"{metrics.run} on {dataset_title(Path(metrics.folder))}",
            told=headline(metrics, difference),
            calibration=calibration_sentence(metrics),
            label_doubt=label_doubt(metrics),
            unknown=novelty_sentences(metrics.novelty),
            metrics=metrics,
            names=sorted(metrics.labels, key=natural_key),
            leaks=leaks,
            review=review_figures(evaluation, review) if review else None,
            verdicts={row["path"]: row for row in said.to_dict("records")} if "verdict" in said else {},
            verdict_words=verdict_words,
            groups=groups,
            with_interval=with_interval,
            seen={leak["path"] for leak in leaks},
            leak_counts=leak_counts(metrics),
            most=MAX_MISCLASSIFIED,
            matrix=Markup(_matrix(metrics)),
            matrix_style=Markup(matrix_css()),
            wide=len(metrics.labels) > FEW_LABELS,
            drawn=min(_MOST_LABELS, len(metrics.labels)),
            confused=evaluation.most_confused()[:_MOST_CONFUSED],
            reliability_svg=_svg(reliability_chart(pd.DataFrame(metrics.calibration["bins"])))
            if metrics.calibration
            else "",
            coverage_svg=_svg(coverage_chart(threshold_table(predictions))),
            misclassified=misclassified[:MAX_MISCLASSIFIED],
            misclassified_count=len(misclassified),
            thumbnail=_thumbnail,
            percent=percent,
            confidence=confidence,
            score=score,
            count_of=count,
            counted=counted,
            file_name=lambda path: Path(path).name,
            place=lambda path: "/".join(Path(path).parts[-2:]),
            version=__version__,
            made=f"{datetime.now():%Y-%m-%d %H:%M}",
        )
    )


def _matrix(metrics: Metrics) -> str:
    """Return the confusion matrix as a table, by name; of very many labels the most confused ones."""
    places = by_name(metrics.labels)
    if len(places) > _MOST_LABELS:
        most = set(by_confusion(metrics.confusion_matrix, metrics.labels)[:_MOST_LABELS])
        places = [place for place in places if place in most]
    return matrix_table(metrics.confusion_matrix, metrics.labels, places)


def _svg(chart: alt.LayerChart) -> Markup:
    """Draw a chart as SVG, in which the texts are escaped already."""
    out = io.StringIO()
    chart.properties(width=560).configure_view(stroke=None).save(out, format="svg")
    return Markup(out.getvalue())


def _thumbnail(path: str) -> _Thumbnail:
    try:
        content = images.thumbnail(images.read(Path(path)), _THUMBNAIL)
    except PictureError as error:
        return _Thumbnail(reason=str(error))
    return _Thumbnail(address=f"data:image/jpeg;base64,{base64.b64encode(content).decode()}")
