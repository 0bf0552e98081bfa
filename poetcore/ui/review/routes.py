"""The route through which the light-box reads and adds verdicts, without a rerun of the page.

    GET  /poet/review/{run}/{evaluation}   the verdicts by content, and how far the review is
    POST /poet/review/{run}/{evaluation}   {"sha", "verdict", "right_label", "comment"}: one more

A verdict is on the disk before it is answered. What is refused is answered with one sentence,
`{"error": ...}`: 400 where asking again will not help, 503 where it may.
"""

import functools
import json
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.errors import OptionError, PoetError, RunError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.progress import review_progress
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.verdicts import Verdict
from poetcore.ui.origin import from_own_page
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.workspace import default_workspace

__all__ = ["REVIEW_ROUTES"]

#: Bytes of a verdict at the most; a comment has 2,000 characters.
_LONGEST = 64_000


def _folder(request: Request) -> EvaluationFolder:
    """Return the evaluation that is asked for; only one that is there is found.

    Raises:
        OptionError: there is none of that name.
    """
    try:
        run = default_workspace().run(request.path_params["run"])
    except RunError as error:
        raise OptionError(str(error)) from None
    for folder in run.evaluations():
        if folder.name == request.path_params["evaluation"]:
            return folder
    raise OptionError(f"The run {run.name!r} has no such evaluation any more: reload the page.")


@functools.lru_cache(maxsize=4)
def _loaded(folder: Path, stamp: int) -> Evaluation:
    return Evaluation.load(EvaluationFolder(folder))


def _evaluation(folder: EvaluationFolder) -> Evaluation:
    return _loaded(folder.folder, folder.metrics_file.stat().st_mtime_ns)


def _state(folder: EvaluationFolder) -> dict[str, Any]:
    """Return the review as the light-box shows it."""
    evaluation, review = _evaluation(folder), Review.of(folder)
    progress = review_progress(evaluation, review)
    return {
        "verdicts": {
            one.sha: {"verdict": one.verdict, "right_label": one.right_label, "comment": one.comment}
            for one in review.entries.values()
            if one.verdict or one.comment
        },
        "reviewed": progress.reviewed,
        "mistakes": progress.mistakes,
        "words": progress.words,
    }


def _add(request: Request, content: bytes) -> dict[str, Any]:
    try:
        given = json.loads(content)
        names = ("sha", "verdict", "right_label", "comment")
        verdict = Verdict(**{name: str(given.get(name) or "") for name in names})
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise OptionError("The verdict cannot be read: reload the page and try again.") from None
    folder = _folder(request)
    record_verdicts(folder, _evaluation(folder), [verdict])
    return _state(folder)


async def _answer(request: Request) -> Response:
    """Answer with the review; add to it only what a page of this server sent."""
    try:
        if request.method == "GET":
            return _fresh(await run_in_threadpool(lambda: _state(_folder(request))))
        if not from_own_page(request):
            return JSONResponse({"error": "Only pages of this server may review pictures."}, 403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST:
                raise OptionError("The comment is too long: shorten it.")
        return _fresh(await run_in_threadpool(_add, request, bytes(body)))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except OptionError as error:
        return JSONResponse({"error": str(error)}, 400)
    except (PoetError, OSError) as error:
        return JSONResponse({"error": str(error)}, 503)


def _fresh(values: dict[str, Any]) -> Response:
    return JSONResponse(values, headers={"Cache-Control": "no-store"})


REVIEW_ROUTES = (Route("/poet/review/{run}/{evaluation}", _answer, methods=["GET", "POST"]),)
