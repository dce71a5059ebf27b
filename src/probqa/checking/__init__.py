"""From a pasted quote to what became of it: found, altered, elsewhere, absent or too short to check."""
