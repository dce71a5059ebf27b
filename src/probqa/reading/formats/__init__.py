"""The readers that turn a file's bytes into pieces of text, one module for each format.

PDF, web pages and Word files are parsed in a separate process.
"""
