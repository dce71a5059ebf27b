"""From passages to a generation on disk: build it, open it, verify it, say what is in it."""
