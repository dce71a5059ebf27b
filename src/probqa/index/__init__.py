"""The index on disk: immutable generations and the pointer to the live one.

``generation`` says what a generation holds; ``storage`` how it gets to disk and stays whole.
"""

from probqa.index.generation import Contents, Generation, write
from probqa.index.storage import build_lock, is_building, remove_old_generations

__all__ = ["Contents", "Generation", "build_lock", "is_building", "remove_old_generations", "write"]
