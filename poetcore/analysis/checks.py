"""What health looks for: every kind of issue, how grave it is, and what to do about it.

A measured check has a value and a threshold: below it a picture is flagged. Starting points were those that
cleanvision (Apache-2.0) publishes: dark 0.32, light 0.05, low information 0.3 of 10 bits, odd aspect ratio
0.35. They were then set on 1,250 photos of flowers, so that a note says of a photo what a person who looks at
it agrees with:

dark             by the strongest of the three colours: by its grey, a red rose would be dark
bright           0.1; the lightest of those photos, a white daisy on white, has 0.25
low_information  2 bits a pixel; flowers cut out on black, which are fine photos, have 2.4 and more
blurry           0.08 flags none of them as they are, half of them after a Gaussian blur of 4 pixels (of 665),
                 94 % after one of 5; a background out of focus does not count
near_duplicate   7 bits of the hash and 0.15: of 27 pairs within 11 bits, the 10 within both are one shot,
                 recoloured or cropped, or the next one; beyond, different flowers come among next shots
"""

from dataclasses import dataclass

__all__ = ["CHECKS", "Check"]


@dataclass(frozen=True)
class Check:
    """One kind of issue.

    Attributes:
        name: as in tables and JSON.
        severity: "error" (wrong: leave it out or repair it), "warning" (spoils the training or its judgement)
            or "note" (worth a look).
        title: for people.
        explanation: a sentence with an example.
        advice: what to do about it.
        threshold: the value below which a picture is flagged, in the unit that the explanation names, or None
            where nothing is measured.
    """

    name: str
    severity: str
    title: str
    explanation: str
    advice: str
    threshold: float | None = None


_ALL = (
    Check(
        "unreadable",
        "error",
        "Unreadable files",
        "The file cannot be decoded as a picture, like a download that broke off or a web page named .jpg.",
        "They are left out by themselves. Fetch them again, or set them aside.",
    ),
    Check(
        "two_labels",
        "error",
        "One picture under two labels",
        "The very same file stands under two labels, like one photo under both rose and tulip: one of them is"
        " wrong.",
        "Look which label is right, and set the other copies aside.",
    ),
    Check(
        "placeholder",
        "error",
        "Placeholders",
        "A stand-in for a photo that is gone, like “This photo is no longer available”: nearly one colour or"
        " a few words, and the same file again and again.",
        "Set all of them aside: they teach that a grey panel is one of your categories.",
    ),
    Check(
        "leaked",
        "warning",
        "Also in the demo folder",
        "The same file is in the folder to learn from and in the demo folder, like a question that was"
        " practised before the exam.",
        "Set it aside here or in the demo folder; until then, believe only the accuracy without leaked ones.",
    ),
    Check(
        "duplicate",
        "warning",
        "Exact duplicates",
        "The same file occurs more than once under one label, like photo.jpg and photo (1).jpg, and counts"
        " that often in training.",
        "Keep one of them and set the others aside.",
    ),
    Check(
        "near_duplicate",
        "warning",
        "Near duplicates",
        "Nearly the same picture, like a copy that was resized, turned, mirrored or made black and white, or"
        " the next shot of a series: 85 % alike or more.",
        "Keep the best of each series; where they stand under two labels, one label is wrong.",
        0.15,
    ),
    Check(
        "near_leaked",
        "warning",
        "Nearly the same in the demo folder",
        "A near duplicate is in the demo folder, like the next shot of the same flower, so the demo is easier"
        " than new pictures will be.",
        "Keep both on the same side: set one of the two aside.",
        0.15,
    ),
    Check(
        "tiny",
        "warning",
        "Tiny pictures",
        "The shorter side has fewer than 64 pixels, like a thumbnail: a network that looks at 224 sees it"
        " blown up.",
        "Find a larger version, or set it aside.",
        64,
    ),
    Check(
        "small_file",
        "warning",
        "Very small files",
        "The file has less than 2 KB, too few for a photo of its size: mostly a placeholder or an icon.",
        "Look at it; set it aside if it is no photo.",
        2048,
    ),
    Check(
        "dark",
        "note",
        "Too dark",
        "Even its lightest parts stay below 32 % of full brightness, like a photo taken at night without a"
        " flash.",
        "Set it aside if you cannot tell yourself what it shows.",
        0.32,
    ),
    Check(
        "bright",
        "note",
        "Too bright",
        "Nearly all of it is within 10 % of white, like an overexposed photo.",
        "Set it aside if you cannot tell yourself what it shows.",
        0.1,
    ),
    Check(
        "blurry",
        "note",
        "Blurry",
        "Nothing in it is sharp, like a shaken photo: its steepest edges stay below 0.08 of its contrast. A"
        " background out of focus does not count.",
        "Keep it if pictures to be labelled later may be as blurry.",
        0.08,
    ),
    Check(
        "low_information",
        "note",
        "Little to see",
        "Less than 2 bits a pixel, like an empty wall or a blank page; photos have 4 to 8.",
        "Set it aside if nothing of its label is to be seen.",
        2.0,
    ),
    Check(
        "odd_aspect",
        "note",
        "Odd shape",
        "One side is not even 0.35 of the other, like a panorama or a banner; squashed to a square, little is"
        " to be recognised.",
        "Crop it to what it is about.",
        0.35,
    ),
    Check(
        "odd_size",
        "note",
        "Odd size",
        "Ten times as wide and high as the others, or a tenth of it, like a scan among thumbnails.",
        "Make sure that it belongs to this set.",
        0.1,
    ),
    Check(
        "wrong_extension",
        "note",
        "Wrong file extension",
        "The name says another format than the content, like a PNG named .jpg. Poet goes by the content.",
        "Rename it if other programs stumble over it.",
    ),
)

#: By name, the gravest first.
CHECKS: dict[str, Check] = {check.name: check for check in _ALL}
