"""The routes through which the browser sends pictures, file by file, straight to the workspace's disk.

    POST   /poet/uploads                 the list of files; the answer says which are still to be sent
    PUT    /poet/uploads/{id}/{number}   the content of one of them
    DELETE /poet/uploads/{id}            what is here of it is deleted

No file is held in memory: a piece goes to the disk as it comes. What is refused is answered with one
sentence, `{"error": ...}`: 422 where the disk does not take this file's name, so that the others may come,
507 where it takes nothing. Datasets are made of whole sets by the page (see `bring`), not here.
"""

import errno
import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.errors import DatasetError, PoetError
from poetcore.system.failures import as_poet_error
from poetcore.ui.origin import from_own_page
from poetcore.workspace.offers import Offered
from poetcore.workspace.uploads import begin_upload, find_upload
from poetcore.workspace.workspace import default_workspace

__all__ = ["UPLOAD_ROUTES"]

#: Bytes of the longest list of files; that of 50,000 with long names is shorter.
_LONGEST_LIST = 32_000_000

#: How systems refuse the name of one file; Windows has ENOENT for a path that is too long.
_NAME_REFUSED = (
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.EINVAL,
    errno.EILSEQ,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
)


async def _begin(request: Request) -> Response:
    """Take the list of files; answer which of them are to be sent."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_LIST:
            raise DatasetError("The list of files is too long: bring the folder in parts.")
    try:
        files = [Offered(str(path), int(size), int(modified)) for path, size, modified in json.loads(body)]
        if not all(0 <= file.bytes < 2**60 for file in files):
            raise ValueError
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise DatasetError("The list of files cannot be read: reload the page and try again.") from None

    def begin() -> dict[str, object]:
        upload = begin_upload(default_workspace(), files)
        offer = upload.offer
        taken = sum(place is not None for place in offer.places)
        return {"id": upload.id, "name": offer.name, "taken": taken, "send": upload.missing()}

    return JSONResponse(await run_in_threadpool(begin))


async def _receive(request: Request) -> Response:
    """Write one file to the disk as it comes."""
    upload = find_upload(default_workspace(), request.path_params["upload"])
    number = request.path_params["number"]
    with upload.receiving(number) as file:
        async for chunk in request.stream():
            await run_in_threadpool(file.write, chunk)
            if file.tell() > upload.offer.files[number].bytes:
                break  # refused when the file is closed; the rest need not come
    return Response(status_code=204)


async def _discard(request: Request) -> Response:
    """Delete what is here of an upload."""
    upload = find_upload(default_workspace(), request.path_params["upload"])
    await run_in_threadpool(upload.discard)
    return Response(status_code=204)


_ACTS = {"POST": _begin, "PUT": _receive, "DELETE": _discard}


async def _answer(request: Request) -> Response:
    """Refuse what no page of ours sent; answer what cannot be done with a sentence."""
    if not from_own_page(request):
        return JSONResponse({"error": "Only pages of this server may send pictures."}, 403)
    try:
        return await _ACTS[request.method](request)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except PoetError as error:
        return JSONResponse({"error": str(error)}, 400)
    except OSError as error:
        status = 422 if error.errno in _NAME_REFUSED else 507
        return JSONResponse({"error": str(as_poet_error(error) or error)}, status)


UPLOAD_ROUTES = (
    Route("/poet/uploads", _answer, methods=["POST"]),
    Route("/poet/uploads/{upload}/{number:int}", _answer, methods=["PUT"]),
    Route("/poet/uploads/{upload}", _answer, methods=["DELETE"]),
)
