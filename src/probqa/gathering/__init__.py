"""From the web or a path to files in the corpus: addresses, downloads, the catalogue, the reports folder."""
