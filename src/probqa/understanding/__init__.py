"""From a question, and those before it, to one frozen ``Question``."""
