"""From a file's bytes to pieces of text, a module a format; strangers' formats are read in a process of their own."""
