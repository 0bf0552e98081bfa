"""Which clean pictures are taken, and which of them become training or demo pictures: pure functions.

Of each label as many are taken as were asked for, or all there are, divided in the same proportion; near
duplicates go into one part.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from poetcore.analysis.issues import CHECKS
from poetcore.errors import OptionError
from poetcore.system.names import natural_key
from poetcore.system.options import check_number

__all__ = [
    "DEFAULT_EXCLUDED",
    "EXCLUDABLE",
    "MANDATORY",
    "ORDERS",
    "PARTS",
    "SplitOptions",
    "check_names",
    "in_order",
    "select",
]

#: The two parts, and the names of their folders; a picture of neither is unused or rejected.
PARTS = ("train", "demo")

#: In which order pictures are taken: `name` splits as people do by hand, the first of a label to training and
#: its last to demo; `size` is the tutorial's rule, the largest files first.
ORDERS = ("name", "size", "random")

#: A set with these would be wrong, so they are always excluded.
MANDATORY = frozenset({"unreadable", "two_labels", "duplicate"})

#: What is excluded unless it is kept on purpose.
DEFAULT_EXCLUDED = frozenset({"placeholder", "tiny", "small_file"})

#: The checks whose pictures can be excluded; the others compare with the demo folder, or flag no pictures.
EXCLUDABLE = tuple(name for name, check in CHECKS.items() if check.of_pictures and not check.needs_demo)


@dataclass(frozen=True)
class SplitOptions:
    """How many pictures are taken, and which.

    Attributes:
        train_per_label: training pictures of each label, at least 1.
        demo_per_label: demo pictures of each label, at least 0.
        order: one of `ORDERS`: which pictures are taken first.
        seed: another seed takes others (`random`), and splits them differently.
        exclude: names of checks; what they find is excluded, as is what `MANDATORY` has. With
            `near_duplicate` the first of several near duplicates stays.
    """

    train_per_label: int = 200
    demo_per_label: int = 50
    order: str = "random"
    seed: int = 0
    exclude: frozenset[str] = DEFAULT_EXCLUDED

    def __post_init__(self) -> None:
        check_number(self.seed, "seed")
        for name, least in (("train_per_label", 1), ("demo_per_label", 0)):
            check_number(getattr(self, name), name)
            if getattr(self, name) < least:
                raise OptionError(
                    f"{name} is a number of pictures and must be at least {least}."
                    f" Received: {getattr(self, name)}."
                )
        if self.order not in ORDERS:
            raise OptionError(f"Unknown order {self.order!r}: choose one of {', '.join(ORDERS)}.")
        check_names(self.exclude)


def check_names(issues: Collection[str]) -> None:
    """Check that these are names of checks whose pictures can be excluded.

    Raises:
        OptionError: one is not.
    """
    unknown = sorted(set(issues) - set(EXCLUDABLE))
    if unknown:
        raise OptionError(
            f"Unknown issue {', '.join(map(repr, unknown))}: choose from {', '.join(EXCLUDABLE)}."
        )


def in_order(clean: pd.DataFrame, options: SplitOptions, earlier: Collection[str]) -> pd.DataFrame:
    """Sort pictures so that those to be taken first come first; names as file managers sort them."""
    name = clean["path"].map(lambda path: natural_key(Path(path).as_posix()))
    ranks = {
        "name": name,
        "size": -clean["bytes"],
        "random": clean["sha"].map(lambda sha: _chance(options.seed, "order", sha)),
    }
    ranked = clean.assign(new=~clean["sha"].isin(earlier), rank=ranks[options.order], name=name)
    return ranked.sort_values(["new", "rank", "name"])[list(clean.columns)]


def select(
    clean: pd.DataFrame,
    labels: Iterable[str],
    groups: Mapping[str, str],
    existing_split: Mapping[str, str],
    options: SplitOptions,
) -> dict[str, str]:
    """Choose contents and their parts.

    Where pictures of a label are missing, its demo part gets its share all the same, one picture at least,
    for without it nothing can be evaluated.

    Args:
        clean: pictures, path, label and sha, each content once; those to be taken first come first.
        labels: every label.
        groups: sha -> its group that is not divided, for those that have one.
        existing_split: sha -> part, of what is in the set already and stays there if there is room.
        options: how many pictures, and which.

    Returns:
        sha -> "train" or "demo", of those that are taken.
    """
    by_name = options.order == "name"
    if by_name:  # what is in the set already stays there, but does not come first
        clean = clean.sort_values("path", key=lambda paths: paths.map(natural_key))
    number = clean["label"].value_counts()
    shares = {label: _shares(int(number.get(label, 0)), options) for label in labels}
    parts = _parts(clean, groups, existing_split, shares, options)
    part_of: dict[str, str] = {}
    for label, share in shares.items():
        shas = list(clean.loc[clean["label"] == label, "sha"])
        part_of |= (
            _fill_ends(shas, parts, existing_split, share) if by_name else _fill(shas, parts, share, options)
        )
    return part_of


def _chance(seed: int, what: str, sha: str) -> float:
    """Draw a number from 0 to 1 that depends on the seed and the content alone, not on other pictures."""
    return int(hashlib.sha256(f"{seed}:{what}:{sha}".encode()).hexdigest()[:13], 16) / 16**13


def _shares(number: int, options: SplitOptions) -> dict[str, int]:
    """Divide so many clean pictures of a label between the two parts."""
    train, demo = options.train_per_label, options.demo_per_label
    if number < train + demo:
        least = 1 if demo and number > 1 else 0
        demo = min(max(round(number * demo / (train + demo)), least), max(number - 1, 0))
    return {"train": min(train, number - demo), "demo": demo}


def _parts(
    clean: pd.DataFrame,
    groups: Mapping[str, str],
    existing_split: Mapping[str, str],
    shares: Mapping[str, Mapping[str, int]],
    options: SplitOptions,
) -> dict[str, str]:
    """Assign the contents whose part is determined: sha -> "train" or "demo".

    These are groups, which go together, and what is in the folder already. A group that would fill the demo
    part of a label goes into training: an evaluation on pictures that look the same says little. Where a
    label has nothing but such groups, as of the camera's holds, its smallest is the demo part all the same.
    """
    parts = dict(existing_split)
    grouped = clean[clean["sha"].isin(groups)]
    share = options.demo_per_label / (options.train_per_label + options.demo_per_label)
    movable: list[pd.DataFrame] = []
    large: list[pd.DataFrame] = []
    first = {
        sha for label, own in clean.groupby("label")["sha"] for sha in own[: shares[str(label)]["train"]]
    }
    for leader, members in grouped.groupby(grouped["sha"].map(groups)):
        before = {parts[sha] for sha in members["sha"] if sha in parts}
        counts = members["label"].value_counts()
        small = all(count <= shares[str(label)]["demo"] for label, count in counts.items())
        if options.order == "name":
            demo = first.isdisjoint(members["sha"])
        else:
            demo = _chance(options.seed, "side", str(leader)) < share
        part = before.pop() if len(before) == 1 else "demo" if small and demo else "train"
        parts |= dict.fromkeys(members["sha"], part)
        if before or any(sha in existing_split for sha in members["sha"]):
            continue
        if not small:
            large.append(members)
        elif options.order != "name":
            movable.append(members)
    _even_out(clean, parts, movable, shares)
    _fill_empty_demo(clean, parts, large, shares)
    return parts


def _fill_empty_demo(
    clean: pd.DataFrame,
    parts: dict[str, str],
    large: Sequence[pd.DataFrame],
    shares: Mapping[str, Mapping[str, int]],
) -> None:
    """Move the smallest of its large groups to the demo part of each label that would have none."""
    for label, share in shares.items():
        own = clean.loc[clean["label"] == label, "sha"]
        groups = [members for members in large if set(members["label"]) == {label}]
        trained = {parts.get(sha, "") for sha in own} == {"train"}
        if share["demo"] and trained and len(groups) > 1:
            parts |= dict.fromkeys(min(groups, key=len)["sha"], "demo")


def _even_out(
    clean: pd.DataFrame,
    parts: dict[str, str],
    movable: Sequence[pd.DataFrame],
    shares: Mapping[str, Mapping[str, int]],
) -> None:
    """Move groups to the other part where chance left a label fewer pictures there than its share."""
    for label, share in shares.items():
        own = clean.loc[clean["label"] == label, "sha"]
        for part, other in (("demo", "train"), ("train", "demo")):
            missing = share[part] - sum(parts.get(sha, part) == part for sha in own)
            for members in movable:
                count = int((members["label"] == label).sum())
                if missing > 0 and count and parts[members["sha"].iloc[0]] == other:
                    parts |= dict.fromkeys(members["sha"], part)
                    missing -= count


def _fill(
    shas: Sequence[str], parts: Mapping[str, str], share: Mapping[str, int], options: SplitOptions
) -> dict[str, str]:
    """Fill the two parts of one label with its clean contents, the first first: sha -> part."""
    part_of: dict[str, str] = {}
    free: list[str] = []  # those that may go into either part
    taken, later = {"train": 0, "demo": 0}, []
    for sha in shas:
        if len(part_of) + len(free) == sum(share.values()):
            break
        part = parts.get(sha)
        if part is None:
            free.append(sha)
        elif taken[part] < share[part]:
            part_of[sha] = part
            taken[part] += 1
        else:
            later.append(sha)
    asked = {"train": options.train_per_label, "demo": options.demo_per_label}
    missing = {part: share[part] - taken[part] for part in PARTS}
    demo = round(len(free) * missing["demo"] / max(sum(missing.values()), 1))
    drawn = sorted(free, key=lambda sha: _chance(options.seed, "side", sha))
    part_of |= dict.fromkeys(drawn[:demo], "demo") | dict.fromkeys(drawn[demo:], "train")
    for sha in later:  # a part with too many pictures may take what the other cannot have
        count = list(part_of.values()).count(parts[sha])
        if count < asked[parts[sha]] and len(part_of) < sum(share.values()):
            part_of[sha] = parts[sha]
    return part_of


def _fill_ends(
    shas: Sequence[str],
    parts: Mapping[str, str],
    existing_split: Mapping[str, str],
    share: Mapping[str, int],
) -> dict[str, str]:
    """Fill training with the first contents of one label, by name, and demo with the last: sha -> part."""
    part_of: dict[str, str] = {}
    for part, ordered in (("train", shas), ("demo", shas[::-1])):
        free = [sha for sha in ordered if sha not in part_of and parts.get(sha, part) == part]
        stays = [sha for sha in free if existing_split.get(sha) == part]
        part_of |= dict.fromkeys([*stays, *(sha for sha in free if sha not in stays)][: share[part]], part)
    return part_of
