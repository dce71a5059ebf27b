"""What a page may say to Streamlit, and what it is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from probqa.ui.messages import MAX_BYTES, heard, told


def message(fill: Callable[[BackMsg], object]) -> bytes:
    made = BackMsg()
    fill(made)
    return made.SerializeToString()


def rerun(made: BackMsg) -> None:
    made.rerun_script.query_string = "q=who"
    for name in ("$$ID-1-None", "x", "$$STREAMLIT_INTERNAL_KEY_x", "$$ID-2-basket"):
        made.rerun_script.widget_states.widgets.add(id=name, string_value="y")


@pytest.mark.parametrize(
    "fill",
    [
        lambda made: setattr(made.rerun_script, "query_string", "q=who"),
        lambda made: setattr(made, "stop_script", True),
        lambda made: setattr(made, "app_heartbeat", True),
        lambda made: setattr(made.backend_operation_request.deferred_file, "file_id", "1"),
        lambda made: made.file_urls_request.file_names.append("draft.docx"),
    ],
)
def test_what_our_pages_say_is_heard_as_it_is(fill: Callable[[BackMsg], object]) -> None:
    assert heard(message(fill)) == message(fill)


def test_every_kind_of_message_and_operation_but_these_is_not_heard() -> None:
    kinds = {field.name: field for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    # A request for no place for an upload is among those that are not.
    heard_of = {"rerun_script", "stop_script", "app_heartbeat", "backend_operation_request"}
    for kind in kinds.keys() - heard_of:
        is_record = kinds[kind].message_type is not None
        fill = (lambda made, kind=kind: getattr(made, kind).SetInParent()) if is_record else None
        assert heard(message(fill or (lambda made, kind=kind: setattr(made, kind, True)))) is None, kind
    operations = kinds["backend_operation_request"].message_type.oneofs_by_name["payload"].fields
    for operation in {field.name for field in operations} - {"deferred_file"}:
        request = message(lambda made, name=operation: getattr(made.backend_operation_request, name).SetInParent())
        assert heard(request) is None, operation
    assert heard(b"") is None
    assert {"clear_cache", "load_git_info", "file_urls_request"} <= kinds.keys()
    assert "install_skills" in {field.name for field in operations}


def test_places_for_uploads_are_given_one_at_a_time() -> None:
    for names in ([], ["a", "b"], [""] * 100_000):
        assert heard(message(lambda made, names=names: made.file_urls_request.file_names.extend(names))) is None


def test_so_many_places_are_given_at_once_as_the_app_says() -> None:
    for names, places, is_heard in ((0, 3, False), (1, 3, True), (3, 3, True), (4, 3, False), (1, 1, True)):
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.file_names.extend(f"{number}.pdf" for number in range(names))
        frame = message.SerializeToString()
        assert heard(frame, places) == (frame if is_heard else None), (names, places)


def test_a_widget_that_streamlit_did_not_name_is_left_out() -> None:
    left = BackMsg()
    left.ParseFromString(heard(message(rerun)) or b"")
    assert [widget.id for widget in left.rerun_script.widget_states.widgets] == ["$$ID-1-None", "$$ID-2-basket"]
    assert left.rerun_script.query_string == "q=who"


TOO_LONG = message(lambda made: setattr(made.rerun_script, "query_string", "x" * MAX_BYTES))


@pytest.mark.parametrize("frame", [b"\xff\xff\xff", b"\x00", None, TOO_LONG], ids=["cut", "zero", "text", "too long"])
def test_what_is_no_message_is_refused(frame: bytes | None) -> None:
    with pytest.raises(ValueError, match=r"^not a message of a page$"):
        heard(frame)


def test_a_page_is_not_told_where_and_on_what_the_server_runs() -> None:
    made = ForwardMsg()
    made.new_session.main_script_path = "/srv/secret/main.py"
    made.new_session.name = "main"
    made.new_session.initialize.session_id = "1"
    made.new_session.initialize.user_info.installation_id = "secret"
    made.new_session.initialize.user_info.installation_id_v3 = "secret"
    made.new_session.initialize.environment_info.python_version = "secret"
    frame = told(made.SerializeToString())
    assert b"secret" not in frame
    left = ForwardMsg()
    left.ParseFromString(frame)
    session = left.new_session
    assert (session.name, session.initialize.session_id) == ("main", "1")
    assert session.initialize.HasField("user_info")
    assert session.initialize.HasField("environment_info")


def test_all_else_is_told_as_it_is() -> None:
    made = ForwardMsg()
    made.delta.new_element.html.body = "<p>"
    assert told(made.SerializeToString()) == made.SerializeToString()
