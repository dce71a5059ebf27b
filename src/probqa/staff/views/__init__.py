"""The pages for staff, each a function that draws it for a ``Staff``.

Acts stand in the script, below the button that asks for them: a callback or a fragment would be run before the script.
"""
