"""The Streamlit app: ``probqa serve``, or ``streamlit run app.py``."""

import streamlit as st

from probqa.ui.api import Api, lifespan
from probqa.ui.middleware import MIDDLEWARE

app = st.App("src/probqa/ui/main.py", routes=Api().routes, middleware=MIDDLEWARE, lifespan=lifespan)
