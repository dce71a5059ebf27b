"""The app for staff: a process of its own, in which nothing runs for who has not signed in. Begin at ``gate``."""
