"""The menu: every page with its section, in the order of work. The shell and the home page read it."""

from dataclasses import dataclass

__all__ = ["HOME", "MENU", "SECTIONS", "MenuPage", "page_named"]


@dataclass(frozen=True)
class MenuPage:
    """A page of the dashboard.

    Attributes:
        name: of its file in `pages`, and its address.
        title: in the menu, over the page and in the browser's tab.
        icon: a Material icon.
        section: under which it stands in the menu; "" for none.
        what: what it is for, in a sentence.
        needs: what it cannot do without, once it is chosen and missing: "dataset", "demo", "run".
    """

    name: str
    title: str
    icon: str
    section: str
    what: str
    needs: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Its file, as `st.page_link` and `st.switch_page` want it."""
        return f"{self.name}.py"


#: In the order of work.
SECTIONS = ("Data", "Model", "Results", "Use")

HOME = MenuPage(
    "home",
    "Home",
    ":material/home:",
    "",
    "From folders of pictures to a model that tells them apart, and a slideshow of how good it is.",
)

MENU = (
    MenuPage(
        "prepare",
        "Prepare",
        ":material/content_copy:",
        "Data",
        "Gather pictures; split clean ones into training and demo pictures.",
    ),
    MenuPage(
        "overview",
        "Overview",
        ":material/photo_library:",
        "Data",
        "See which pictures there are, what looks wrong with them, and repair it.",
        ("dataset",),
    ),
    MenuPage(
        "train",
        "Train",
        ":material/model_training:",
        "Model",
        "Choose a backbone, train its last layer on your labels, watch the curves.",
        ("dataset",),
    ),
    MenuPage(
        "evaluate",
        "Evaluate",
        ":material/fact_check:",
        "Results",
        "Measure the accuracy on pictures that the model never saw; look at its mistakes.",
        ("run", "demo"),
    ),
    MenuPage(
        "tune",
        "Tune",
        ":material/science:",
        "Results",
        "Try many settings on the same pictures; see which differences are real.",
        ("dataset",),
    ),
    MenuPage(
        "compare",
        "Compare",
        ":material/compare:",
        "Results",
        "See which of two models is better on the same pictures, how surely, and on which.",
        ("demo",),
    ),
    MenuPage(
        "slideshow",
        "Slideshow",
        ":material/slideshow:",
        "Results",
        "Show predicted against true labels, picture by picture, on a projector.",
        ("run", "demo"),
    ),
    MenuPage(
        "predict",
        "Predict",
        ":material/image_search:",
        "Use",
        "Label new pictures, from files or the camera.",
        ("run",),
    ),
    MenuPage(
        "live",
        "Live",
        ":material/videocam:",
        "Use",
        "Watch what a model says of a camera or a video; take pictures for a new one.",
    ),
)


def page_named(name: str) -> MenuPage:
    """Return a page by the name of its file.

    Raises:
        KeyError: there is none.
    """
    return {page.name: page for page in (HOME, *MENU)}[name]
