"""What axe-core finds on a page: WCAG 2.2 AA and its best practices."""

from functools import cache
from pathlib import Path
from typing import cast

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.conftest import until_true

#: Rules of axe-core, by their tags.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Faults of Streamlit's own elements that nothing of ours can mend: (rule, where as a CSS selector).
STREAMLITS_OWN = [
    # The drop area is "presentation" with a name; the button inside it is what keyboards and readers use.
    ("presentation-role-conflict", "[data-testid=stFileUploaderDropzone]"),
    # While a dialog is open the page behind it is inert, and with it where this link leads.
    ("region", "[data-testid=stSkipToContent]"),
    # A menu with sections puts a <div> between its <ul> and its <li>.
    ("list", "[data-testid=stSidebarNav]"),
    ("listitem", "[data-testid=stSidebarNav]"),
]

_LOOK = """async ([tags, own]) => {
    const options = {runOnly: tags, resultTypes: ["violations"], elementRef: true};
    const result = await axe.run(document, options);
    return result.violations.flatMap(({id, nodes}) => nodes
        .filter((node) => !own.some(([rule, where]) => rule === id && node.element.closest(where)))
        .map((node) => {
            const [why] = [...node.any, ...node.all, ...node.none];
            return `${id}: ${why?.message ?? ""} ${node.html.slice(0, 300)}`;
        }));
}"""


#: What still fades in has less contrast than it will have, and the colours of a theme do not come at once:
#: they have to be those of the look before.
_STILL = """() => {
    const colours = [...document.querySelectorAll("*")].map((one) => {
        const {color, backgroundColor} = getComputedStyle(one);
        return `${color} ${backgroundColor}`;
    }).join();
    const same = colours === window.poetColours;
    window.poetColours = colours;
    return same && document.getAnimations().every(({playState, effect}) =>
        playState !== "running" || effect.getComputedTiming().iterations === Infinity);
}"""


@cache
def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


#: A page scrolls in a part of its own, and axe-core passes over the contrast of what is scrolled away.
_HEIGHT = "() => document.querySelector('[data-testid=stMain]')?.scrollHeight ?? innerHeight"


def faults(page: Page) -> list[str]:
    """Return what is wrong on a whole page as it stands: a line for each element not Streamlit's own."""
    size = page.viewport_size
    assert size is not None
    whole = max(size["height"], page.evaluate(_HEIGHT))
    page.set_viewport_size({"width": size["width"], "height": whole})
    try:
        return _faults(page)
    finally:
        page.set_viewport_size(size)


def _faults(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    page.evaluate("delete window.poetColours")
    until_true(page, _STILL)
    return cast(list[str], page.evaluate(_LOOK, [RULES, STREAMLITS_OWN]))
