"""The report: one file that needs nothing else, with everything that matters in it."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.freshness import Difference
from poetcore.evaluation.label_groups.summary import summarise
from poetcore.evaluation.metrics import compute_metrics
from poetcore.evaluation.report import MAX_MISCLASSIFIED, report
from poetcore.workspace.label_groups import Cost, LabelGroups
from tests.conftest import encoded, picture

EVIL = "<script>alert(1)</script>&"
LABELS = ["ant", "bee", EVIL]
COST = Cost("ant", "bee", 9.0)

#: (true label, predicted label, confidence); 3 of 6 are right, the first is leaked.
ANSWERS = [
    ("ant", "ant", 0.9),
    ("ant", "bee", 0.7),
    ("bee", "bee", 0.8),
    ("bee", EVIL, 0.6),
    (EVIL, "ant", 0.95),
    (EVIL, EVIL, 0.5),
]


def evaluation(
    folder: Path, answers: list[tuple[str, str, float]] = ANSWERS, labels: list[str] = LABELS
) -> Evaluation:
    """An evaluation of pictures that are made in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (true, predicted, confidence) in enumerate(answers):
        path = folder / f"{number:03d}.jpg"
        path.write_bytes(encoded(picture(number, (800, 600))))
        shares = [confidence if label == predicted else (1 - confidence) / 2 for label in labels]
        rows.append((str(path), true, predicted, true == predicted, confidence, number == 0, *shares))
    columns = ["path", "label", "predicted", "correct", "confidence", "leaked"]
    predictions = pd.DataFrame(rows, columns=columns + [f"p_{label}" for label in labels])
    skipped = [{"path": "/demo/ant/<b>.jpg", "reason": "is empty (0 bytes)"}]
    return Evaluation(compute_metrics(predictions, labels, "<i>my run</i>", folder, skipped), predictions)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    return report(evaluation(tmp_path_factory.mktemp("report") / "show"))


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def test_what_is_called_unknown_stands_in_the_report_where_it_is_known(made, tmp_path):
    one = evaluation(tmp_path / "show")
    novelty = {"pictures": 5, "unknown": 1, "wrong": 1, "expected": 0.05, "caught": {}}
    told = report(replace(one, metrics=replace(one.metrics, novelty=novelty)))
    assert "1 (20.0 %" in told and "is called unknown, 1 of them misclassified" in told
    assert "called unknown" not in made


def test_the_only_addresses_are_the_names_of_xml(made):
    addresses = set(re.findall(r"https?:[^\"' <>)]*|(?<=url\()[^)]*|(?<=@import)[^;]*", made))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_nothing_in_it_runs(made):
    tags = Tags(made)
    handlers = [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    assert not tags.named("script") and not handlers


def test_nothing_is_fetched(made):
    fetched = [a.get("src") or a.get("href") for _, a in Tags(made).found if "src" in a or "href" in a]
    assert all(address and address.startswith(("data:", "#")) for address in fetched)


def test_labels_with_html_in_them_are_shown_as_they_are_written(made):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in made and EVIL not in made


@pytest.mark.parametrize("name", ["<i>my run</i>", "/demo/ant/<b>.jpg"])
def test_other_names_with_html_in_them_are_escaped_too(made, name):
    assert name.replace("<", "&lt;").replace(">", "&gt;") in made and name not in made


def test_the_accuracy_without_leaked_pictures_is_in_it_with_its_interval(made):
    assert "Accuracy 40.0 % (2 of 5; 95 % interval 12 to 77 %)" in made


def test_the_accuracy_with_leaked_pictures_stands_beside_it(made):
    assert "1 of these 6 pictures was seen in training" in made and "with them it is 50.0 %" in made


def test_leaked_pictures_are_listed_with_their_kind(made):
    assert "Seen in training: 1 exact, near duplicates not known." in made
    assert re.findall(r"(\d{3}\.jpg)</td><td>(.*?)</td>", made) == [("000.jpg", "exact")]


def test_where_most_pictures_are_leaked_there_is_a_banner_and_no_accuracy(tmp_path):
    page = report(evaluation(tmp_path, [("ant", "ant", 0.9), ("bee", "bee", 0.9)]))
    assert Tags(page).named("p")[0] == {"class": "banner"}
    assert "Accuracy 1" not in page and "1 of these 2 pictures was seen in training" in page


def test_figures_that_are_out_of_date_say_so(tmp_path):
    difference = Difference(added=2, subject="This evaluation")
    page = report(evaluation(tmp_path), difference)
    assert difference.sentence in page and '<span class="mark">out of date</span>' in page


def test_what_is_undefined_is_a_dash(tmp_path):
    page = report(evaluation(tmp_path, [("ant", "ant", 0.9), ("bee", "bee", 0.9)]))
    row = re.search(r'<tr><th scope="row">&lt;script[^\n]*\n<td>.*?</tr>', page, re.DOTALL)
    assert row and row[0].count("<td>–</td>") == 3
    assert "the mean over the 2 of 3 labels that have" in page


def test_where_there_is_no_accuracy_there_is_none_against_coverage_either(tmp_path):
    page = report(evaluation(tmp_path, [("ant", "ant", 0.9), ("bee", "bee", 0.9)]))
    assert "coverage" not in page


def test_each_line_of_a_chart_is_in_its_legend_once(made):
    assert made.count(">accuracy of the answers<") == 1


def test_a_misclassified_picture_that_was_seen_in_training_says_so(tmp_path):
    found = evaluation(tmp_path)
    found.predictions["leaked"] = ~found.predictions["correct"]
    assert report(found).count("<br>seen in training") == 3


def test_the_charts_are_drawings_in_it(made):
    assert len([tag for tag in Tags(made).named("svg") if "viewbox" in tag]) == 2


def test_each_misclassified_picture_has_a_thumbnail(made):
    assert len(Tags(made).named("img")) == 3


def test_thumbnails_are_small(made):
    for tag in Tags(made).named("img"):
        content = base64.b64decode(str(tag["src"]).removeprefix("data:image/jpeg;base64,"))
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (240, 180)


def test_misclassified_pictures_come_most_confident_first(made):
    assert re.findall(r"<small>(\d{3})\.jpg</small>", made) == ["004", "001", "003"]


def test_excluded_files_are_told_with_their_reason(made):
    assert "is empty (0 bytes)" in made


def test_a_picture_that_vanished_leaves_a_word_in_its_place(tmp_path):
    evaluated = evaluation(tmp_path)
    (tmp_path / "001.jpg").unlink()
    page = report(evaluated)
    assert "does not exist" in page and len(Tags(page).named("img")) == 2


def test_without_misclassified_pictures_it_says_so_and_has_no_thumbnails(tmp_path):
    page = report(evaluation(tmp_path, [("ant", "ant", 0.9), ("bee", "bee", 0.9)]))
    assert "Misclassified pictures, most confident first: 0" in page and not Tags(page).named("img")


def test_very_many_misclassified_pictures_are_cut_off_with_a_word_about_the_rest(tmp_path):
    one = evaluation(tmp_path, [("ant", "bee", 0.9)])
    many = pd.concat([one.predictions] * (MAX_MISCLASSIFIED + 5), ignore_index=True)
    page = report(Evaluation(compute_metrics(many, LABELS, "run", tmp_path, []), many))
    assert "And 5 more" in page and len(Tags(page).named("img")) == MAX_MISCLASSIFIED


def test_of_very_many_labels_the_most_confused_are_drawn_and_listed(tmp_path):
    labels = [f"label {number}" for number in range(100)]
    answers = [("label 7", "label 70", 0.6), ("label 1", "label 1", 0.9)]
    html = report(evaluation(tmp_path, answers, labels))
    assert "Shown are the 60 labels that are confused most often, of 100" in html
    assert "<tr><td>label 7</td><td>label 70</td><td>1</td></tr>" in html


def test_labels_are_listed_in_the_order_in_which_people_look_for_them(tmp_path):
    html = report(evaluation(tmp_path, [("10", "2", 0.6), ("2", "2", 0.9)], ["10", "2"]))
    assert html.index('<tr><th scope="row">2</th>') < html.index('<tr><th scope="row">10</th>')


def test_groups_of_labels_and_costs_stand_in_it(tmp_path):
    found = evaluation(tmp_path)
    assert "Groups of labels" not in report(found)
    groups = LabelGroups({"<b>insects</b>": ("ant", "bee")}, {"<b>insects</b>": 0.3}, costs=(COST,))
    text = report(found, groups=summarise(groups, found))
    assert "<b>insects</b>" not in text and "&lt;b&gt;insects&lt;/b&gt;" in text
    assert "Groups of labels and costs" in text and "Always the most probable label costs" in text
