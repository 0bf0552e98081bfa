"""Damage every file of a run, an evaluation, a comparison and a tuning, and look at all that reads them.

    python -m tests.benchmarks.damaged_records [--pages N] [--commands N] [--every N] [--files GLOB]

Each file is cut, emptied, replaced, and each field of a record given every kind of value, with the checksum
that it had and without one. Then the readers of the library read everything; every N-th time a page of the
dashboard is opened too, and a command run, in turn. None may end in a traceback, the other run must be as it
was, and a figure that was changed must be told.
"""

import argparse
import itertools
import os
import random
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.results import demo_results
from poetcore.system.files import walk
from poetcore.training.jobs import Jobs
from poetcore.training.learning_curve import LearningCurve
from poetcore.training.tuning.studies import studies
from poetcore.workspace.browse import recent_folders
from poetcore.workspace.demo_sets import automatic_demo, kept_pictures
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.published import pictures_of, read_published
from poetcore.workspace.review_file import ReviewFile
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DAMAGED
from poetcore.workspace.seen import dismissed
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.damage import Mutation, damaged, make_workspace, mutations
from tests.cli.inside import call

__all__ = ["files_of", "look"]

#: What people write themselves: another content is another wish, no damage.
_OWN = ("title.txt", "review.csv", "recent_folders.json", "dismissed.json", "events.jsonl", "trials.jsonl")

#: Where nothing is damaged a reader says the same; a sentence of Poet's is never silent.
_TOLD = "told"


def files_of(place: Workspace) -> list[Path]:
    """Return the files that are damaged: those of the run `bad` and of what is not a run's."""
    roots = [place.runs / "bad", place.tunings, place.comparisons, place.demo_sets]
    found = [Path(entry.path) for root in roots if root.is_dir() for entry in walk(root)]
    return [*found, *place.root.glob("*.json"), *place.root.glob("published/*.csv")]


def look(place: Workspace) -> dict[str, str]:
    """Read all that can be read with the readers of the library, and return what each says, by its name."""
    bad, run = Run(place.runs / "bad"), Run(place.runs / "good")
    readers: dict[str, Callable[[], Any]] = {
        "states": lambda: [(one.name, Jobs(place).status(one).phase) for one in place.all_runs()],
        "titles": lambda: [one.title for one in place.all_runs()],
        "record": bad.record,
        "labels": bad.labels,
        "head": lambda: (bad.head().checksum(), bad.temperature()),
        "split": lambda: bad.split().to_csv(),
        "cross validation": lambda: bad.cross_validation().to_csv(),
        "novelty": lambda: (found := bad.novelty_pictures()) is not None and found.tobytes(),
        "groups": bad.label_groups,
        "curve": lambda: LearningCurve.load(bad),
        "evaluation": lambda: _evaluation(bad.evaluation("demo")),
        "comparison": lambda: [_evaluation(EvaluationFolder(one)) for one in place.comparisons.iterdir()],
        "review": lambda: ReviewFile(bad.evaluation("demo").review_file).last(),
        "results": lambda: demo_results(place.all_runs()).to_csv(),
        "demo": lambda: automatic_demo(place.datasets / "sample" / "train", bad, place),
        "kept": lambda: kept_pictures(place.datasets / "sample" / "train", place),
        "recent": lambda: recent_folders(place),
        "published": lambda: _published(place),
        "dismissed": lambda: dismissed(place),
        "good": lambda: (run.record(), run.head().checksum(), _evaluation(run.evaluation("demo"))),
        "events": lambda: len(list(bad.events())),
    }
    for study in studies(place):
        readers |= {
            "study": lambda study=study: (study.title, study.settings(), study.options()),
            "trials": lambda study=study: study.trials().to_csv(),
            "choice": lambda study=study: (choice := study.choice()) and choice.to_dict(),
            "predicted": lambda study=study: [
                None if found is None else sorted((name, one.tobytes()) for name, one in found.items())
                for found in map(study.predicted, range(3))
            ],
        }
    said = {}
    for name, read in readers.items():
        try:
            said[name] = repr(read())
        except PoetError as error:
            said[name] = f"{_TOLD}: {error}"
    return said


def _published(place: Workspace) -> list[object]:
    found = read_published(place)
    return [found, *(pictures_of(place, one).to_csv() for one in found.datasets.values())]


def _evaluation(folder: EvaluationFolder) -> tuple[object, str]:
    found = Evaluation.load(folder)
    return found.metrics, found.predictions.to_csv()


def differences(before: dict[str, str], after: dict[str, str], place: Workspace) -> Iterator[str]:
    """Yield what another result was silently, or hit the run that was not damaged."""
    named = DAMAGED in after["states"]
    for name, said in before.items():
        now = after.get(name, "")
        if name == "good" and now != said:
            yield f"the other run: {now[:100]}"
        told = now.startswith(_TOLD) or now in ("None", "[]", "frozenset()", "False") or named
        told |= name == "predicted" and "None" in now  # a trial of which that is gone is tried again
        if now != said and not told and name not in ("states", "titles", "results", "recent", "events"):
            yield f"{name}: {now[:100]}"


def _pages() -> Iterator[Callable[[Workspace], str]]:
    from tests.ui.pages import PAGES, opened

    def open_page(page: str, run: str, place: Workspace) -> str:
        import streamlit as st

        st.cache_resource.clear()
        st.cache_data.clear()
        sample = place.datasets / "sample"
        app = opened(page, run=run, dataset=str(sample / "train"), demo=str(sample / "demo"))
        return "\n".join(str(one.stack_trace or one.message) for one in app.exception)

    for page, run in itertools.cycle(itertools.product(PAGES, ("bad", "good"))):
        yield lambda place, page=page, run=run: (  # type: ignore[misc]
            (found := open_page(page, run, place)) and f"page {page} of {run}: {found}"
        )


def _commands() -> Iterator[Callable[[Workspace], str]]:
    words: list[tuple[str, ...]] = [
        ("runs", "--json"),
        ("runs", "--sort", "demo_accuracy"),
        ("evaluate", "sample/demo", "--run", "bad"),
        ("review", "sample/demo", "--run", "bad"),
        ("compare", "good", "bad", "--demo", "sample/demo"),
        ("label_groups", "--run", "bad"),
        ("calibrate", "--run", "bad"),
        ("keep_aside", "sample/train", "--undo"),
        ("doctor",),
    ]
    for one in itertools.cycle(words):
        yield lambda place, one=one: _command(place, one)  # type: ignore[misc]


def _command(place: Workspace, words: tuple[str, ...]) -> str:
    done = call(*words, "--workspace", place.root)
    told = done.status == 0 or done.stderr.strip() or done.stdout.strip()
    return "" if told and "Traceback" not in done.stderr else f"{words}: {done.status} {done.stderr[-300:]}"


def trial(
    file: Path,
    mutate: Mutation,
    place: Workspace,
    before: dict[str, str],
    more: list[Callable[..., str]],
    watched: bool = True,
) -> tuple[list[str], list[str]]:
    """Damage a file and look; return what was silent and what was a traceback."""
    silent, crashed = [], []
    with damaged(file, mutate):
        try:
            after = look(place)
            if watched:
                silent = list(differences(before, after, place))
        except Exception:
            crashed.append(traceback.format_exc(limit=-4))
        for one in more:
            try:
                if found := one(place):
                    crashed.append(found)
            except Exception:
                crashed.append(traceback.format_exc(limit=-6))
    return silent, crashed


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.damaged_records",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pages", type=int, default=7, help="open a page every so many trials; 0: none")
    parser.add_argument("--commands", type=int, default=5, help="likewise, run a command")
    parser.add_argument("--every", type=int, default=1, help="of all faults do every so many")
    parser.add_argument("--files", default="*", help="names of files that are damaged")
    parser.add_argument("--faults", default="", help="words in the name of a fault")
    parser.add_argument("--models", type=Path, help="a folder of converted backbones")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    start, trials, silent, crashed = time.monotonic(), 0, [], []
    with tempfile.TemporaryDirectory() as folder:
        place = make_workspace(Path(folder), asked.models)
        os.environ["TFP_WORKSPACE"] = str(place.root)
        before, pages, commands = look(place), _pages(), _commands()
        faults = [
            (file, words, mutate)
            for file in files_of(place)
            if file.match(asked.files)
            for words, mutate in mutations(file)
            if asked.faults in words
        ]
        random.Random(asked.seed).shuffle(faults)
        for file, words, mutate in faults[:: asked.every]:
            trials += 1
            more = [next(pages)] if asked.pages and trials % asked.pages == 0 else []
            more += [next(commands)] if asked.commands and trials % asked.commands == 0 else []
            kept = {one: one.read_bytes() for one in files_of(place)} if more else {}
            # Without a checksum, as earlier versions wrote it, a possible value cannot be told from another.
            watched = file.name not in _OWN and "without a checksum" not in words and words != "missing"
            found = trial(file, mutate, place, before, more, watched)
            for one, content in kept.items():  # what a command wrote
                one.parent.mkdir(parents=True, exist_ok=True)
                one.write_bytes(content)
            name = file.relative_to(place.root)
            silent += [f"{name}, {words}: {one}" for one in found[0]]
            crashed += [f"{name}, {words}: {one}" for one in found[1]]
            for one in (*found[0], *found[1]):
                print(f"{name}, {words}: {one}", flush=True)
    Campaign(
        "damaged records",
        f"python -m tests.benchmarks.damaged_records --every {asked.every} --seed {asked.seed}",
        trials,
        trials,
        silent=len(silent),
        tracebacks=len(crashed),
        seed=asked.seed,
        seconds=round(time.monotonic() - start),
    ).report()


if __name__ == "__main__":
    main()
