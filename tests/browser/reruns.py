"""Whether a page waits for its script: what Streamlit's client asks of the server, and what that answers.

`data-test-script-state` of a page says "notRunning" until the server has heard of a click; on a busy machine
a test looks at it before. So what goes through the page's WebSocket is listened to.
"""

from weakref import WeakKeyDictionary

from google.protobuf.message import DecodeError
from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

__all__ = ["listen", "waits"]


class _Stream:
    """Of the newest socket of a page: whether a run was asked for that has not begun, or not ended."""

    def __init__(self) -> None:
        self.asked = self.begun = False

    def on_socket(self, socket: WebSocket) -> None:
        if "/_stcore/stream" not in socket.url:
            return
        self.asked = self.begun = False
        socket.on("framesent", self._on_sent)
        socket.on("framereceived", self._on_received)

    def _on_sent(self, message: str | bytes) -> None:
        if _kind(BackMsg, message) == "rerun_script":
            self.asked, self.begun = True, False

    def _on_received(self, message: str | bytes) -> None:
        kind = _kind(ForwardMsg, message)
        if kind == "new_session":
            self.begun = True
        elif kind == "script_finished" and self.begun:
            self.asked = False


def _kind(of: type[BackMsg] | type[ForwardMsg], message: str | bytes) -> str | None:
    if isinstance(message, str):
        return None
    try:
        kind: str | None = of.FromString(message).WhichOneof("type")
    except DecodeError:
        return None
    return kind


_STREAMS: WeakKeyDictionary[Page, _Stream] = WeakKeyDictionary()


def listen(page: Page) -> None:
    """Listen to a page from its next load on; once."""
    if page not in _STREAMS:
        _STREAMS[page] = stream = _Stream()
        page.on("websocket", stream.on_socket)


def waits(page: Page) -> bool:
    """Return whether what the page asked of its script has not been answered yet."""
    return page in _STREAMS and _STREAMS[page].asked
