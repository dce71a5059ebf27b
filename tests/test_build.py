"""A build says exactly what it did, embeds only what changed, and loses nothing to one broken file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import hash_encoder
from conftest import DOMAIN, REPORTS, Opener, shut, write_corpus
from probqa.asking.answers import compose
from probqa.asking.library import Library
from probqa.calibration import CALIBRATION_FILE
from probqa.errors import CorpusError, InputError, ModelError, ModelMissingError
from probqa.glossary.domain import DOMAIN_FILE
from probqa.glossary.gazetteer import GAZETTEER_FILE
from probqa.glossary.glossary import GLOSSARY_FILE
from probqa.indexing import export, storage
from probqa.indexing.build import BuildReport, build, is_stale
from probqa.indexing.encoder import CANARIES
from probqa.indexing.inspection import status, verify
from probqa.reading import reader
from probqa.reading.corpus import MAX_FILE_BYTES, CorpusFile, Failure
from probqa.reading.first_page import Forms
from probqa.records import Document
from probqa.settings import Settings

THREE = {
    "a.md": "# A\n\nThe first was late.\n\nThe second was early.",
    "b.md": "# B\n\nThe third was late.",
    "c.txt": "The fourth was early. The fifth was late.",
}


def counts(report: BuildReport) -> tuple[int, int, int, int, int]:
    """Added, changed, removed, unchanged and embedded."""
    return report.added, report.changed, report.removed, report.unchanged, report.embedded


@pytest.fixture
def three(chosen: Settings) -> Settings:
    write_corpus(chosen.corpus, THREE)
    assert counts(build(chosen)) == (3, 0, 0, 0, 4)
    hash_encoder.embedded.clear()
    return chosen


def stale(chosen: Settings, opened: Opener) -> bool:
    return is_stale(chosen, opened(chosen))


def test_a_build_of_an_unchanged_corpus_writes_and_embeds_nothing(three: Settings, opened: Opener) -> None:
    def files() -> list[tuple[str, int]]:
        """All but the lock, in which a build says who it is."""
        return sorted((path.name, path.stat().st_mtime_ns) for path in three.index.rglob("*") if path.name != ".lock")

    before = files()
    assert not stale(three, opened)
    hash_encoder.embedded.clear()
    assert counts(build(three)) == (0, 0, 0, 3, 0)
    assert set(hash_encoder.embedded) == set(CANARIES)
    assert files() == before


def test_only_changed_passages_are_embedded(three: Settings, opened: Opener) -> None:
    write_corpus(three.corpus, {"a.md": THREE["a.md"].replace("early", "prompt"), "d.md": "# D\n\nThe sixth was late."})
    (three.corpus / "b.md").unlink()
    assert stale(three, opened)
    hash_encoder.embedded.clear()
    report = build(three)
    assert counts(report) == (1, 1, 1, 1, 2)
    assert report.passages == 4
    assert sorted(set(hash_encoder.embedded) - set(CANARIES)) == [
        "A\nA\nThe second was prompt.",
        "D\nD\nThe sixth was late.",
        "The second was prompt.",
        "The sixth was late.",
    ]
    assert not stale(three, opened)


def test_vectors_taken_over_are_those_that_embedding_gives(three: Settings, opened: Opener) -> None:
    write_corpus(three.corpus, {"0.md": "# New\n\nThe first of all."})
    build(three)
    taken = opened(three)
    fresh = replace(three, index=three.index.with_name("fresh"))
    build(fresh)
    anew = opened(fresh)
    assert taken.dense.vectors.tolist() == anew.dense.vectors.tolist()
    assert taken.sentence_vectors.tolist() == anew.sentence_vectors.tolist()
    assert taken.manifest.files == anew.manifest.files


def test_a_changed_title_embeds_the_passages_and_not_the_sentences(three: Settings) -> None:
    write_corpus(three.corpus, {"b.md": "---\ntitle: Better\n---\n# B\n\nThe third was late."})
    hash_encoder.embedded.clear()
    assert counts(build(three)) == (0, 1, 0, 2, 1)
    assert set(hash_encoder.embedded) - set(CANARIES) == {"Better\nB\nThe third was late."}


def test_a_sidecar_that_appears_changes_its_document(three: Settings, opened: Opener) -> None:
    write_corpus(three.corpus, {"c.yaml": "title: The fourth\n"})
    assert stale(three, opened)
    assert counts(build(three)) == (0, 1, 0, 2, 1)
    assert not stale(three, opened)
    (three.corpus / "c.yaml").unlink()
    assert stale(three, opened)


def not_here(name: str) -> Path:
    raise ModelMissingError(f"the model {name} is not here", "install it")


def test_a_model_that_is_not_here_is_taken_from_the_index(
    three: Settings, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opened(three).manifest
    monkeypatch.setattr(export, "find_model", not_here)
    monkeypatch.setattr(export, "export_model", lambda name, folder: pytest.fail("exported"))
    write_corpus(three.corpus, {"d.md": "# D\n\nThe sixth was late."})
    assert counts(build(three)) == (1, 0, 0, 3, 1)
    after = opened(three).manifest
    assert after.model == before.model
    assert after.files["encoder.onnx"] == before.files["encoder.onnx"]


def test_a_model_that_is_neither_here_nor_in_the_index_is_told_before_a_report_is_read(
    three: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "find_model", not_here)
    monkeypatch.setattr(reader, "read", lambda file, folder: pytest.fail("read"))
    for lacking in (replace(three, model="another"), replace(three, index=three.index.with_name("empty"))):
        with pytest.raises(ModelMissingError, match=f"the model {lacking.model} is not here"):
            build(lacking)


def test_without_the_exporter_an_index_of_the_same_model_is_built_and_no_other(
    three: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "EXPORTER", ("torch_of_nowhere", "numpy", "onnx_of_nowhere"))
    monkeypatch.setattr(export, "export_model", lambda name, folder: pytest.fail("exported"))
    write_corpus(three.corpus, {"d.md": "# D\n\nThe sixth was late."})
    assert counts(build(three)) == (1, 0, 0, 3, 1)
    stages: list[str] = []
    with pytest.raises(ModelError) as refused:
        build(replace(three, model="another"), lambda stage, done, total: stages.append(stage))
    assert str(refused.value) == (
        "to export the model another, once, takes torch_of_nowhere, onnx_of_nowhere; run: pip install 'probqa[build]'"
    )
    assert stages == []


def test_a_renamed_file_is_removed_and_added_and_not_embedded(three: Settings, opened: Opener) -> None:
    (three.corpus / "b.md").rename(three.corpus / "z.md")
    assert stale(three, opened)
    assert counts(build(three)) == (1, 0, 1, 2, 0)
    assert not stale(three, opened)


def test_a_renamed_file_with_an_id_of_its_own_stays_the_same_document(three: Settings, opened: Opener) -> None:
    write_corpus(three.corpus, {"b.md": "---\nid: third\n---\n# B\n\nThe third was late."})
    build(three)
    (three.corpus / "b.md").rename(three.corpus / "z.md")
    assert stale(three, opened)
    assert counts(build(three)) == (0, 0, 0, 3, 0)
    document = opened(three).document("third")
    assert document is not None
    assert document.file == "z.md"
    assert not stale(three, opened)


def test_the_same_content_twice_is_indexed_once_and_listed(three: Settings, opened: Opener) -> None:
    write_corpus(three.corpus, {"b2.md": THREE["b.md"]})
    assert stale(three, opened)
    report = build(three)
    assert counts(report) == (0, 0, 0, 3, 0)
    said = Failure("b2.md", "has the same content as b.md; it is indexed once, remove one of them")
    assert report.failures == (said,)
    assert status(three)["failures"] == [{"file": said.file, "problem": said.problem, "kept": ""}]
    assert not stale(three, opened)
    (three.corpus / "b.md").unlink()
    assert stale(three, opened)
    assert counts(build(three)) == (1, 0, 1, 2, 0)
    assert status(three)["failures"] == []


def test_one_paragraph_in_two_reports_stays_two_passages(chosen: Settings, opened: Opener) -> None:
    text = "Nobody was late."
    write_corpus(chosen.corpus, {"a.md": f"# One\n\n{text}\n", "b.md": f"# Two\n\n{text}\n"})
    report = build(chosen)
    assert (report.added, report.passages, report.embedded) == (2, 2, 2)
    generation = opened(chosen)
    assert [generation.document_of(row).slice(generation.passage(row).span) for row in (0, 1)] == [text, text]


BROKEN: dict[str, tuple[bytes, str]] = {
    "latin.md": (b"Late.\nCaf\xe9.", "line 2: byte 9 is not UTF-8; save the file as UTF-8"),
    "open.md": (b"---\ntitle: A\n", "line 1: the front matter is never closed; end it with a line '---'"),
    "yaml.md": (
        b"---\ntitle: A\nkind: [report\n---\nText.",
        "line 4: broken front matter: expected ',' or ']', but got '<stream end>'; mend the YAML",
    ),
    "empty.txt": (b"\n\n", "holds no text to quote; add the report's text, or remove the file"),
    "heading.md": (b"# Only a heading\n", "holds no text to quote; add the report's text, or remove the file"),
    "twin.md": (b"---\nid: a\n---\nText.", "the id 'a' is taken by a.md; give it another"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_stops_no_other_and_is_listed_until_it_is_mended(
    three: Settings, opened: Opener, name: str
) -> None:
    content, problem = BROKEN[name]
    write_corpus(three.corpus, {name: content})
    assert stale(three, opened)
    report = build(three)
    assert counts(report) == (0, 0, 0, 3, 0)
    assert [failure.file for failure in report.failures] == [name]
    assert report.failures[0].problem == problem
    found = status(three)
    assert found["failures"] == [{"file": name, "problem": problem, "kept": ""}]
    assert (found["stale"], len(found["documents"])) == (False, 3)
    assert build(three).generation == report.generation
    write_corpus(three.corpus, {name: "Mended."})
    assert stale(three, opened)
    assert counts(build(three)) == (1, 0, 0, 3, 1)
    assert status(three)["failures"] == []
    assert not stale(three, opened)


def test_a_broken_file_that_breaks_in_another_way_is_stale_until_built(three: Settings, opened: Opener) -> None:
    for content in (b"\xff", b"\xff\xff", b"\xfe"):
        write_corpus(three.corpus, {"latin.md": content})
        assert stale(three, opened)
        build(three)
        assert not stale(three, opened)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "line 1: byte 0 is not UTF-8; save the file as UTF-8"),
        (b"# B", "holds no text to quote; add the report's text, or remove the file"),
        (b"---\nid: a\n---\nThe third.", "the id 'a' is taken by a.md; give it another"),
        (None, "leads out of the corpus folder; copy the file into it instead of linking"),
    ],
)
def test_a_document_that_breaks_keeps_its_last_good_version_and_is_listed(
    three: Settings, opened: Opener, content: bytes | None, problem: str
) -> None:
    before = opened(three).document("b")
    assert before is not None
    if content is None:
        (three.corpus / "b.md").unlink()
        (three.corpus / "b.md").symlink_to("/etc/hostname")
    else:
        write_corpus(three.corpus, {"b.md": content})
    assert stale(three, opened)
    for _ in range(2):
        report = build(three)
        assert counts(report) == (0, 0, 0, 3, 0)
        assert report.failures == (Failure("b.md", problem, before.file_sha256),)
        assert opened(three).document("b") == before
        assert not stale(three, opened)
    assert list(verify(three)) == []
    (three.corpus / "b.md").unlink()
    assert counts(build(three)) == (0, 0, 1, 2, 0)
    assert status(three)["failures"] == []


def test_two_versions_that_are_kept_of_one_broken_file_are_two_generations(three: Settings) -> None:
    """The name of a generation says what is in it, also where the files alone do not."""
    names = set()
    for title in ("One", "Two"):
        write_corpus(three.corpus, {"b.md": f"---\ntitle: {title}\n---\nThe third was late."})
        build(three)
        write_corpus(three.corpus, {"b.md": b"\xff"})
        names.add(build(three).generation)
    assert len(names) == 2


def test_a_document_that_was_moved_is_not_kept_twice(three: Settings) -> None:
    write_corpus(three.corpus, {"0.md": THREE["b.md"]})
    report = build(three)
    assert report.failures == (Failure("b.md", "has the same content as 0.md; it is indexed once, remove one of them"),)
    assert counts(report) == (1, 0, 1, 2, 0)


@pytest.mark.parametrize("name", [GLOSSARY_FILE, DOMAIN_FILE, CALIBRATION_FILE])
def test_what_a_broken_file_beside_the_reports_said_is_kept(three: Settings, opened: Opener, name: str) -> None:
    source = Path(__file__).resolve().parents[1] / "corpus" / name
    write_corpus(three.corpus, {name: source.read_bytes()})
    build(three)
    before = opened(three)
    for content in (b"{", b"[}"):
        write_corpus(three.corpus, {name: content})
        [failure] = build(three).failures
        assert (failure.file, failure.kept) == (name, before.manifest.corpus[name][0])
        after = opened(three)
        assert after.glossary.entries == before.glossary.entries
        assert (after.domain, after.calibration) == (before.domain, before.calibration)


def test_a_file_that_vanishes_while_it_is_built_is_listed(three: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(three.corpus, {"d.md": "Gone."})
    read = reader.read

    def vanish(file: CorpusFile, folder: Path, forms: Forms) -> Document:
        (folder / "d.md").unlink()
        return read(file, folder, forms)

    monkeypatch.setattr(reader, "read", vanish)
    report = build(three)
    assert report.failures == (Failure("d.md", "No such file or directory"),)
    assert counts(report) == (0, 0, 0, 3, 0)


def test_a_file_that_changes_while_it_is_built_is_listed(three: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the old hash would stand for the new text for ever."""
    write_corpus(three.corpus, {"d.md": "Before."})
    read = reader.read

    def change(file: CorpusFile, folder: Path, forms: Forms) -> Document:
        write_corpus(folder, {"d.md": "After."})
        return read(file, folder, forms)

    with monkeypatch.context() as patch:
        patch.setattr(reader, "read", change)
        report = build(three)
    assert report.failures == (Failure("d.md", "was changed while it was read; build again"),)
    assert counts(build(three)) == (1, 0, 0, 3, 1)


@pytest.mark.parametrize("file", ["d.md", GLOSSARY_FILE])
def test_a_corpus_changed_at_any_moment_of_a_build_is_seen_by_the_next(
    three: Settings, opened: Opener, file: str
) -> None:
    before, after = (f"terms: [{{term: late, synonyms: [{word}]}}]" for word in ("tardy", "overdue"))
    write_corpus(three.corpus, {file: before})
    moments: list[str] = []
    build(replace(three, index=three.index.with_name("counted")), lambda stage, done, total: moments.append(stage))
    for moment, stage in enumerate(moments):
        write_corpus(three.corpus, {file: before})
        disturbed = replace(three, index=three.index.with_name(f"disturbed {moment}"))
        calm = replace(three, index=three.index.with_name(f"calm {moment}"))
        changes = iter([{}] * moment + [{file: after}] + [{}] * len(moments))
        report = build(disturbed, lambda *said, changes=changes: write_corpus(three.corpus, next(changes)))
        assert list(verify(disturbed)) == []
        assert stale(disturbed, opened) or report.generation == build(calm).generation, stage
        assert build(disturbed).generation == build(calm).generation
        assert not stale(disturbed, opened)


def test_a_reader_of_another_version_reads_again(
    three: Settings, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not stale(three, opened)
    version = reader.reader_version
    monkeypatch.setattr(reader, "reader_version", lambda path: version(path).replace("markdown", "next"))
    assert stale(three, opened)
    assert counts(build(three)) == (0, 0, 0, 3, 0)
    assert not stale(three, opened)


def test_an_empty_or_missing_corpus_is_refused_and_the_old_index_stays(three: Settings, opened: Opener) -> None:
    live = storage.read_pointer(three.index)
    missing = replace(three, corpus=three.corpus / "none")
    with pytest.raises(CorpusError) as refused:
        build(missing)
    assert str(refused.value).startswith(f"there is no corpus folder at {missing.corpus}; run: probqa init FOLDER, ")
    for name in THREE:
        (three.corpus / name).unlink()
    with pytest.raises(CorpusError) as refused:
        build(three)
    assert (
        str(refused.value) == f"the corpus folder {three.corpus} holds no document; "
        "run: probqa add FILE, or put files ending in .md, .markdown, .txt, .pdf, .html, .htm, .xhtml, .docx, .odt, "
        ".rtf, .xlsx, .pptx, .epub or .eml there"
    )
    assert storage.read_pointer(three.index) == live
    for place in (three, missing):
        assert (status(place)["stale"], len(status(place)["documents"])) == (None, 3)
        with pytest.raises(CorpusError):
            stale(place, opened)


def test_a_corpus_of_broken_files_alone_is_refused_and_the_old_index_stays(three: Settings) -> None:
    for name in THREE:
        write_corpus(three.corpus, {name: b"\xff" + name.encode()})
    assert [bool(failure.kept) for failure in build(three).failures] == [True, True, True]
    live = storage.read_pointer(three.index)
    for name in THREE:
        (three.corpus / name).rename(three.corpus / f"new {name}")
    with pytest.raises(CorpusError) as refused:
        build(three)
    assert str(refused.value) == (
        f"no file of {three.corpus} could be read; new a.md: line 1: byte 0 is not UTF-8; save the file as UTF-8"
    )
    assert storage.read_pointer(three.index) == live


def test_status_says_what_is_in_the_index(built: Settings) -> None:
    found = status(built)
    assert found["counts"] == {"documents": 3, "passages": 10, "sentences": 15}
    assert found["model"]["name"] == hash_encoder.MODEL
    assert [(document["id"], document["file"]) for document in found["documents"]] == [
        ("ambleton", "ambleton.md"),
        ("northway/selby", "northway/selby.md"),
        ("weir", "weir.txt"),
    ]
    assert found["documents"][2]["removed"] == [
        {"reason": "share button", "text": "Share on twitter", "characters": 16},
        {"reason": "share button", "text": "Share on facebook", "characters": 17},
    ]
    assert REPORTS.keys() - DOMAIN == {document["file"] for document in found["documents"]}


def test_progress_never_goes_back_and_ends_at_its_total(chosen: Settings) -> None:
    write_corpus(chosen.corpus, THREE)
    told: list[tuple[str, int, int]] = []
    build(chosen, lambda stage, done, total: told.append((stage, done, total)))
    last: dict[str, tuple[int, int]] = {}
    for stage, done, total in told:
        assert last.get(stage, (0, total))[0] <= done <= total
        last[stage] = done, total
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == [
        f"exporting the model {hash_encoder.MODEL}, once",
        "reading",
        "embedding passages",
        "embedding sentences",
        "writing the index",
    ]
    assert list(last.values()) == [(1, 1), (3, 3), (4, 4), (5, 5), (1, 1)]


def test_each_quote_says_what_it_is_worth_by_itself(library: Library) -> None:
    answer = library.ask("how did Northway supervise people at low risk?")
    searched, generation = answer.coverage, answer.generation
    alone = [compose(answer.question, [quote], searched, generation).status for quote in answer.quotes]
    assert [quote.status for quote in answer.quotes] == alone
    assert answer.status == alone[0] == "answered"
    assert alone[: answer.answering] == ["answered"] * answer.answering
    assert "answered" not in alone[answer.answering :]
    assert {"weak", "not_found"} & set(alone)
    outside = library.ask("zyzzyva quokka?")
    assert {quote.status for quote in outside.near} == {"not_found"}


def test_what_was_indexed_from_a_folder_that_cannot_be_listed_now_is_kept(
    three: Settings, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(three.corpus, {"sub/d.md": "# D\n\nThe sixth was late.", "sub/in/e.md": "# E\n\nThe seventh was."})
    build(three)
    with monkeypatch.context() as patch:
        shut(patch, three.corpus / "sub")
        assert stale(three, opened)
        report = build(three)
        assert counts(report) == (0, 0, 0, 5, 0)
        assert [failure.file for failure in report.failures] == ["sub/"]
        assert report.failures[0].problem.endswith("what was indexed from it before is kept")
        kept = [document.file for document in opened(three).all_documents()]
        assert kept == ["a.md", "b.md", "c.txt", "sub/d.md", "sub/in/e.md"]
        assert not stale(three, opened)
        assert [failure["file"] for failure in status(three)["failures"]] == ["sub/"]
    assert stale(three, opened)
    assert counts(build(three)) == (0, 0, 0, 5, 0)
    # A folder that can be listed and holds nothing any more is another matter.
    shutil.rmtree(three.corpus / "sub")
    assert counts(build(three)) == (0, 0, 2, 3, 0)


def test_a_folder_that_becomes_a_link_keeps_what_was_indexed_from_it(three: Settings, opened: Opener) -> None:
    write_corpus(three.corpus, {"sub/d.md": "# D\n\nThe sixth was late."})
    build(three)
    (three.corpus / "sub").rename(three.corpus.with_name("moved"))
    (three.corpus / "sub").symlink_to(three.corpus.with_name("moved"))
    report = build(three)
    assert counts(report) == (0, 0, 0, 4, 0)
    assert [failure.file for failure in report.failures] == ["sub/"]
    assert not stale(three, opened)


def test_two_names_that_differ_in_capitals_alone_are_two_lines(three: Settings) -> None:
    write_corpus(three.corpus, {"A.md": "# A\n\nThe sixth was late."})
    [failure] = build(three).failures
    assert failure == Failure("a.md", "the id 'a' is taken by A.md; give it another")


@pytest.mark.parametrize(
    ("corpus", "index", "inner"),
    [
        ("c", "c/index", "index"),
        ("c", "c/.index", "index"),
        ("c", "c", "index"),
        ("c", "link/index", "index"),
        ("link", "c/a/b", "index"),
        ("i/c", "i", "corpus"),
        ("ilink/c", "i", "corpus"),
    ],
)
def test_an_index_in_its_corpus_or_a_corpus_in_its_index_is_refused(
    three: Settings, tmp_path: Path, corpus: str, index: str, inner: str
) -> None:
    write_corpus(tmp_path, {"c/a.md": "Text.", "i/c/a.md": "Text."})
    (tmp_path / "link").symlink_to(tmp_path / "c")
    (tmp_path / "ilink").symlink_to(tmp_path / "i")
    before = sorted(tmp_path.rglob("*"))
    settings = replace(three, corpus=tmp_path / corpus, index=tmp_path / index)
    with pytest.raises(InputError) as refused:
        build(settings)
    inside, outside = (index, corpus) if inner == "index" else (corpus, index)
    problem = f"the {inner} folder {tmp_path / inside} is or lies in {tmp_path / outside}"
    assert refused.value.problem == problem
    assert refused.value.remedy == "name an index beside the corpus with --index or PROBQA_INDEX"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_beside_its_corpus_whose_name_begins_the_same_is_an_index(three: Settings) -> None:
    beside = replace(three, index=three.corpus.with_name(f"{three.corpus.name}-index"))
    assert counts(build(beside))[0] == 3


BESIDE = (GLOSSARY_FILE, GAZETTEER_FILE, DOMAIN_FILE, CALIBRATION_FILE)


def link_out(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def link_nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def large(path: Path) -> None:
    path.touch()
    os.truncate(path, MAX_FILE_BYTES + 1)


def half_character(path: Path) -> None:
    path.write_text('{"\\ud800": "\\ud800"}')


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (link_out, "leads out of the corpus folder"),
        (link_nowhere, "No such file or directory"),
        (large, "is larger than 100 MB"),
        (Path.mkdir, "is not a file"),
        (half_character, "\\ud800"),
    ],
)
def test_a_bad_file_beside_the_reports_is_named_and_done_without(
    three: Settings, opened: Opener, name: str, spoil: Callable[[Path], None], said: str
) -> None:
    (three.corpus / name).unlink(missing_ok=True)
    build(three)
    spoil(three.corpus / name)
    assert stale(three, opened)
    report = build(three)
    [failure] = report.failures
    assert failure.file == name
    assert said in failure.problem or (spoil is half_character and name == CALIBRATION_FILE)
    failure.problem.encode()
    assert report.unchanged == 3
    assert not stale(three, opened)
