"""The whole app: the page, the routes for programs, and the guard before both.

``app.py`` of a clone is a link to it.

In: ``streamlit run``, which looks for the call of ``st.App`` in this text. Out: ``app``.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from probqa.ui.api import Api, lifespan
from probqa.ui.front import Front
from probqa.ui.middleware import MIDDLEWARE

PAGE = Path(__file__).resolve().with_name("main.py")
API = Api()
BEFORE = [*MIDDLEWARE, Middleware(GZipMiddleware), Middleware(Front, api=API)]

app = st.App(PAGE, routes=API.routes, middleware=BEFORE, lifespan=lifespan)
