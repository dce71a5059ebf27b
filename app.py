"""The Streamlit app: ``probqa serve``, or ``streamlit run app.py``."""

import streamlit as st

from probqa.ui.middleware import MIDDLEWARE

app = st.App("src/probqa/ui/main.py", middleware=MIDDLEWARE)
