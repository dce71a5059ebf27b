"""The way of a file into the corpus from the web or a path: addresses, downloads, the catalogue, the reports folder."""
