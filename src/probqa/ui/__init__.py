"""The browser front end: Streamlit pages, their look, and what guards the server."""
