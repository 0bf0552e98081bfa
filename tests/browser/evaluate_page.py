"""What users see and do on the evaluate page."""

from pathlib import Path

import pandas as pd
from playwright.sync_api import Locator, expect

from tests.browser.dashboard import Dashboard


class Gallery:
    """The confusion matrix and the pictures below it, on the page as it is or, by default, opened anew."""

    def __init__(self, dashboard: Dashboard, path: str | None = "/evaluate") -> None:
        self.page = dashboard.open(path).page if path else dashboard.page
        self.figures = self.page.locator(".poet-grid figure")
        expect(self.figures.first).to_be_visible()

    def cell(self, true: str, predicted: str) -> Locator:
        """A cell of the matrix."""
        table = self.page.get_by_role("grid", name="Confusion matrix")
        heading = table.locator("tbody th")
        expect(
            heading.get_by_text(true, exact=True)
        ).to_be_visible()  # the gallery may be drawn before the matrix
        names = heading.all_inner_texts()
        return table.locator("tbody tr").nth(names.index(true)).locator("td").nth(names.index(predicted))

    def has_chosen(self, true: str, predicted: str) -> None:
        """The fields hold the labels, and the cell is framed."""
        for box, label in (("True label", true), ("Predicted label", predicted)):
            expect(self.page.get_by_role("combobox", name=box, exact=True)).to_have_value(label)
        expect(self.page.locator("td[aria-selected=true]")).to_have_count(1 if true else 0)

    def choose(self, box: str, label: str) -> None:
        """Choose with the keyboard alone."""
        field = self.page.get_by_role("combobox", name=box, exact=True)
        field.focus()
        field.press_sequentially(label)
        expect(self.page.get_by_role("option")).to_have_count(1)
        field.press("Enter")

    def shows(self, rows: pd.DataFrame) -> None:
        """Exactly these pictures, in this order, each with its labels and its verdict."""
        expect(self.figures.locator(".line")).to_have_text([Path(path).name for path in rows["path"]])
        expect(self.figures.locator(".title")).to_have_text(
            [t if t == p else f"{t} → {p}" for t, p in zip(rows["label"], rows["predicted"], strict=True)]
        )
        expect(self.figures.locator(".mark")).to_have_text(
            ["✓ right" if right else "✗ wrong" for right in rows["correct"]]
        )


def of_cell(predictions: pd.DataFrame, cell: tuple[str, str]) -> pd.DataFrame:
    """The predictions of a cell of the matrix: (true label, predicted label)."""
    return predictions[(predictions["label"] == cell[0]) & (predictions["predicted"] == cell[1])]
