"""From a ``Question`` and an index to an ``Answer``."""
