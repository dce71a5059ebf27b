"""The pages of the app, one module each: ``draw(library)`` draws what the address asks for.

The folder is not called ``pages``: Streamlit would take each module in it for a script of its own.
"""
