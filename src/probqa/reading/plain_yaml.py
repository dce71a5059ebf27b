"""YAML to texts, lists and mappings, and nothing that YAML can do besides.

In: the text of front matter, a sidecar, a catalogue or a glossary. Out: plain values, and where the first keys stand.

>>> load("title: A\\npublished: 2017-04\\narea:\\n")
({'title': 'A', 'published': '2017-04'}, [('title', 1), ('published', 2), ('area', 3)])
>>> load("a: &a [b]\\nc: *a\\n")
Traceback (most recent call last):
probqa.reading.plain_yaml.YamlError: an alias; write the value out

Dates and numbers stay the text that was written. A key without a value is left out. Aliases, merge keys and tags are
refused, and so is more than anybody writes: two thousand characters of them can stand for more than a machine holds.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml


class YamlError(Exception):
    """Why a text cannot be used, and on which of its lines, from 1."""

    def __init__(self, reason: str, line: int) -> None:
        """Keep both.

        The message is the reason.
        """
        super().__init__(reason)
        self.reason, self.line = reason, line


class TextLoader(yaml.SafeLoader):
    """What front matter and a sidecar are read with."""

    max_characters = 100_000
    max_nodes = 2_000

    def __init__(self, text: str) -> None:
        """Begin with ``text``."""
        super().__init__(text)
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what is not plain before anything is made of it."""
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        self._nodes += 1
        if self._nodes > self.max_nodes:
            raise yaml.composer.ComposerError(None, None, f"more than {self.max_nodes} values", mark)
        if isinstance(event, yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "an alias; write the value out", mark)
        if getattr(event, "tag", None):
            raise yaml.composer.ComposerError(None, None, "a tag; write the value alone", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key written twice or that is no text.

        Leave out a key without a value.
        """
        keys: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key that is no text", key.start_mark)
            if key.value == "<<":
                raise yaml.constructor.ConstructorError(None, None, "a merge key; write the values out", key.start_mark)
            if key.value in keys:
                problem = f"the key {key.value!r} is there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            keys.add(key.value)
        values = super().construct_mapping(node, deep)
        return {key: value for key, value in values.items() if value is not None}


TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class FileLoader(TextLoader):
    """What a file of many entries, such as a catalogue or a glossary, is read with."""

    max_characters = 1_000_000
    max_nodes = 50_000


def load(text: str, loader: type[TextLoader] = TextLoader) -> tuple[object, list[tuple[str, int]]]:
    """Return what ``text`` holds (None where it is nothing), and the keys of the outermost mapping with their lines.

    Raises:
        YamlError: it is not YAML, holds what is refused, or is too large.
    """
    if len(text) > loader.max_characters:
        raise YamlError(f"more than {loader.max_characters} characters", 1)
    try:
        reading = loader(text)
        node = reading.get_single_node()
        values = None if node is None else reading.construct_document(node)
    except RecursionError as error:
        raise YamlError("too deep", 1) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line if mark else text.count("\n", 0, getattr(error, "position", 0))
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
        raise YamlError(reason, line + 1) from error
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return values, [(key.value, key.start_mark.line + 1) for key, _ in pairs]
