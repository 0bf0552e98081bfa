"""Names of folders and labels on a page: shown as they are, without emphasis, pictures or requests."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve
from tests.browser.dashboard import until

NAMES = [
    "20$ and 30$",
    "*star*",
    "_under_",
    "`code`",
    "~~gone~~",
    ":smile:",
    ":streamlit:",
    ":material/home:",
    ":red[rose]",
    "# one",
    "1. one",
    "- one",
    "> one",
    "---",
    "![x](http://evil.example/a.png)",
    "[x](http://evil.example/)",
    "http://evil.example/a",
    "www.evil.example",
    "ann@evil.example",
    "<b>rose</b>",
    "<img src=http://evil.example/b.png>",
    "&amp; &#58;",
    r"C:\new\rose",
    "rose -> tulip <- daisy -- aster",
    "a|b",
    "$$x$$",
]


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("text") / "names.json"
    file.write_text(json.dumps(NAMES), encoding="utf-8")
    return serve(Path(__file__).with_name("text_app.py"), {"POET_NAMES": str(file)})


def test_every_name_is_shown_as_it_is(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("All shown")).to_be_visible()
    for number, name in enumerate(NAMES):
        block = page.locator(f".st-key-name_{number}")
        texts = block.locator("[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]")
        expect(texts).to_have_count(4)
        shown = [name, f"{name} is a label", name, f"Pictures of {name}"]
        # What reads Markdown is a part of the client that may come later than the text's place.
        until(
            lambda texts=texts, shown=shown: (
                shown == [words.replace("\u2060", "").strip() for words in texts.all_inner_texts()]
            )
        )
        assert block.locator("p :is(img, a, em, del, code, b, .katex)").count() == 0
