"""The readers that turn a file's bytes into pieces of text, one module for each format.

All but Markdown and plain text are parsed in a separate process.
"""
