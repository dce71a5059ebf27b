"""The whole app for staff: the guard, the gate, the pages to sign in, and Streamlit behind them.

In: ``streamlit run``, which looks for the call of ``st.App`` in this text. Out: ``app``.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from probqa.staff.gate import Gate
from probqa.staff.launch import MAX_UPLOAD_MB
from probqa.staff.signing_in import SigningIn
from probqa.ui.connections import watch_connections
from probqa.ui.limits import Buckets, Visitors, raise_descriptor_limit
from probqa.ui.logs import escape_records
from probqa.ui.middleware import Guard
from probqa.ui.uploads import Uploads

SIGNING_IN = SigningIn(os.environ)
PAGE = Path(__file__).resolve().with_name("main.py")
# Far more than a team is; an open page has some megabytes.
MOST_PAGES = 40


@asynccontextmanager
async def _lifespan(_: object) -> AsyncIterator[None]:
    escape_records()
    watch_connections()
    raise_descriptor_limit()
    # Where nobody may sign in nothing is served.
    assert SIGNING_IN.by
    yield


# Those who have signed in may bring a whole folder of reports at once.
FILES = 50
UPLOADS = Uploads(Buckets(FILES, 1.0, MOST_PAGES), most_bytes=MAX_UPLOAD_MB * 1024 * 1024, most_held=FILES)
BEFORE = [
    Middleware(Guard, visitors=Visitors(most=MOST_PAGES), uploads=UPLOADS, places=FILES),
    Middleware(GZipMiddleware),
    Middleware(Gate),
]
app = st.App(PAGE, routes=SIGNING_IN.routes, middleware=BEFORE, lifespan=_lifespan)
