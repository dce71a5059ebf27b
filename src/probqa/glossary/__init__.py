"""What the words of the field mean, which names go together, and which of them a text holds."""
