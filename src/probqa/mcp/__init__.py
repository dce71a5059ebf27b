"""The server for assistants that speak the Model Context Protocol: questions, checks, passages, the list of reports."""
