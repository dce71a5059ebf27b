"""What a page may say to Streamlit, and what it is told of this machine: no more than the app's own pages need.

In: the frames of a page's connection, one message each. Out: the same messages, or shorter ones.

Streamlit lets every visitor empty the caches of all, ask for the state of the server's git repository and more, and
tells every visitor the path of its script, versions, and an identifier of the machine.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# What this app's pages send; of operations that alone which makes a file for a download button, and of places for
# uploads few at a time.
_HEARD = ("rerun_script", "stop_script", "app_heartbeat", "backend_operation_request", "file_urls_request")
_OPERATION = "deferred_file"
# Far above the longest quote that a box takes; a few bytes of a message can be hundreds in memory.
MAX_BYTES = 1_000_000
# How Streamlit begins the name of every widget; an unknown name is an error in the page's script.
_WIDGET = "$$ID-"


def heard(frame: bytes | None, places: int = 1) -> bytes | None:
    """Return what Streamlit may hear of a frame of a page, None where that is nothing.

    A page may ask for so many ``places`` for uploads at once.

    Raises:
        ValueError: it is not a message of a page.
    """
    # A frame of text has no bytes.
    if frame is None or len(frame) > MAX_BYTES:
        raise ValueError("not a message of a page")
    message = BackMsg()
    try:
        message.ParseFromString(frame)
    except DecodeError as error:
        raise ValueError("not a message of a page") from error
    kind = message.WhichOneof("type")
    if kind not in _HEARD:
        return None
    if kind == "backend_operation_request" and message.backend_operation_request.WhichOneof("payload") != _OPERATION:
        return None
    if kind == "file_urls_request" and not 1 <= len(message.file_urls_request.file_names) <= places:
        return None
    if kind == "rerun_script":
        widgets = message.rerun_script.widget_states.widgets
        known = [widget for widget in widgets if widget.id.startswith(_WIDGET)]
        if len(known) < len(widgets):
            del widgets[:]
            widgets.extend(known)
            frame = message.SerializeToString()
    return frame


def told(frame: bytes) -> bytes:
    """Return what a page is told of a frame of Streamlit's: all but where and on what the server runs."""
    message = ForwardMsg()
    message.ParseFromString(frame)
    if message.WhichOneof("type") == "new_session":
        session = message.new_session
        session.main_script_path = ""
        for about in (session.initialize.user_info, session.initialize.environment_info):
            about.Clear()
            # The page looks for them, empty or not.
            about.SetInParent()
        frame = message.SerializeToString()
    return frame
