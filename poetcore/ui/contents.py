"""The contents of pictures by their hash, for every route that is asked for one.

A picture that lies in a file is found through the file index; one that was only dropped on a page, or taken
with the camera, lies in no file and is held in memory, for the tabs that show it.
"""

import hmac
import secrets
import threading
from collections import OrderedDict

from poetcore.data.file_index import sha_of
from poetcore.ui.access import access, is_public
from poetcore.workspace.workspace import default_workspace

__all__ = ["Held", "content_of", "hold", "is_shown"]


class Held:
    """Contents that lie in no file, those that were asked for last; may be used from any thread.

    Args:
        most: bytes of all of them together; a single larger one is held all the same.
        secret: goes into the names, so that nobody computes that of a picture of their own and asks whether
            another person has sent it; without one a content's name is its sha256, as that of a file.
    """

    def __init__(self, most: int, secret: bytes = b"") -> None:
        self._most, self._secret = most, secret
        self._bytes = 0
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, content: bytes) -> str:
        """Hold a content and return its name, 64 digits; what was asked for longest ago makes room."""
        sha = hmac.digest(self._secret, content, "sha256").hex() if self._secret else sha_of(content)
        with self._lock:
            if sha not in self._contents:
                self._contents[sha] = content
                self._bytes += len(content)
            self._contents.move_to_end(sha)
            while self._bytes > self._most and len(self._contents) > 1:
                _, dropped = self._contents.popitem(last=False)
                self._bytes -= len(dropped)
        return sha

    def get(self, sha: str) -> bytes | None:
        """Return a content that is held, or None."""
        with self._lock:
            if sha in self._contents:
                self._contents.move_to_end(sha)
            return self._contents.get(sha)


#: As much as can be dropped on a page at once, see `maxUploadSize` in .streamlit/config.toml.
_held = Held(100_000_000, secrets.token_bytes(32)) if is_public() else Held(500_000_000)


def hold(content: bytes) -> str:
    """Hold the content of a picture that lies in no file, so that routes find it, and return its name."""
    return _held.put(content)


def content_of(sha: str) -> bytes | None:
    """Return the content of a picture that a page shows, or None where it is not known, moved or changed.

    Args:
        sha: sha256 of the content, or the name that `hold` returned.
    """
    if (content := _held.get(sha)) is not None:
        return content
    if (allowed := access()).public:
        return allowed.content(sha)
    with default_workspace().file_index() as index:
        return index.content(sha)


def is_shown(sha: str) -> bool:
    """Return whether a visitor may ask about a picture: it was published, or sent to this server."""
    return sha in access().paths or _held.get(sha) is not None
