"""One library at work, in a process of its own: build an index of passages, open it, ask it.

Started by ``compare.py`` as ``python -P compare_libraries.py JOB.json``; writes its figures to the file that the job
names. Nothing but the standard library is imported here until the library itself is, so that what is measured is its
own. Each adapter is what the library's own pages show first, with the model's folder for its name and ten results;
"+ reader" is its own reranker with our reader, over twice as many.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = 10

# Rows, best first, and the words that are shown first where the library shows words and not passages.
Asked = tuple[list[int], str]
Ask = Callable[[str], Asked]


@dataclass(frozen=True)
class Job:
    """What to do: ``build`` an index of the passages in ``folder``, or open it and ``ask`` it the questions."""

    library: str
    action: str
    model: str
    reader: str
    folder: Path
    passages: list[dict[str, str]]
    questions: list[str]

    @property
    def texts(self) -> list[str]:
        """Title and text of each passage: every library is given the same."""
        return [f"{passage['title']}\n{passage['text']}" for passage in self.passages]


def txtai_build(job: Job) -> None:
    _txtai_build(job)


def txtai_hybrid_build(job: Job) -> None:
    _txtai_build(job, hybrid=True)


def _txtai_build(job: Job, **options: Any) -> None:
    import txtai

    embeddings = txtai.Embeddings(path=job.model, **options)
    embeddings.index(job.texts)
    embeddings.save(str(job.folder / "index"))


def txtai_open(job: Job) -> Ask:
    import txtai

    embeddings = txtai.Embeddings()
    embeddings.load(str(job.folder / "index"))
    return lambda question: ([int(row) for row, _ in embeddings.search(question, TOP)], "")


def txtai_reader_build(job: Job) -> None:
    _txtai_build(job, hybrid=True, content=True)


def txtai_reader_open(job: Job) -> Ask:
    import txtai
    from txtai.pipeline import Reranker, Similarity

    embeddings = txtai.Embeddings()
    embeddings.load(str(job.folder / "index"))
    reranker = Reranker(embeddings, Similarity(path=job.reader, crossencode=True))
    return lambda question: ([int(found["id"]) for found in reranker(question, limit=TOP, factor=2)], "")


def haystack_build(job: Job) -> None:
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    store = InMemoryDocumentStore()
    embedder = SentenceTransformersDocumentEmbedder(model=job.model)
    embedder.warm_up()
    documents = [Document(content=text, meta={"row": row}) for row, text in enumerate(job.texts)]
    store.write_documents(embedder.run(documents)["documents"])
    store.save_to_disk(str(job.folder / "store.json"))


def haystack_open(job: Job) -> Ask:
    return _haystack_open(job, TOP)


def haystack_reader_open(job: Job) -> Ask:
    from haystack_integrations.components.rankers.sentence_transformers import SentenceTransformersSimilarityRanker

    return _haystack_open(job, 2 * TOP, SentenceTransformersSimilarityRanker(model=job.reader, top_k=TOP))


def _haystack_open(job: Job, retrieved: int, ranker: Any = None) -> Ask:
    from haystack import Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

    store = InMemoryDocumentStore.load_from_disk(str(job.folder / "store.json"))
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=job.model, progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=retrieved))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    if ranker is not None:
        pipeline.add_component("ranker", ranker)
        pipeline.connect("retriever", "ranker")

    def ask(question: str) -> Asked:
        given = {"embedder": {"text": question}} | ({} if ranker is None else {"ranker": {"query": question}})
        (found,) = pipeline.run(given).values()
        return [document.meta["row"] for document in found["documents"]], ""

    return ask


def haystack_bm25_build(job: Job) -> None:
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore()
    store.write_documents([Document(content=text, meta={"row": row}) for row, text in enumerate(job.texts)])
    store.save_to_disk(str(job.folder / "store.json"))


def haystack_bm25_open(job: Job) -> Ask:
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    retriever = InMemoryBM25Retriever(InMemoryDocumentStore.load_from_disk(str(job.folder / "store.json")), top_k=TOP)
    return lambda question: ([document.meta["row"] for document in retriever.run(query=question)["documents"]], "")


def llama_index_build(job: Job) -> None:
    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=job.model)
    index = VectorStoreIndex.from_documents([Document(text=text, id_=str(row)) for row, text in enumerate(job.texts)])
    index.storage_context.persist(str(job.folder / "storage"))


def llama_index_open(job: Job) -> Ask:
    return _llama_index_open(job, TOP)


def llama_index_reader_open(job: Job) -> Ask:
    from llama_index.core.postprocessor import SentenceTransformerRerank

    return _llama_index_open(job, 2 * TOP, SentenceTransformerRerank(model=job.reader, top_n=TOP))


def _llama_index_open(job: Job, retrieved: int, reranker: Any = None) -> Ask:
    from llama_index.core import Settings, StorageContext, load_index_from_storage
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=job.model)
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(job.folder / "storage")))
    retriever = index.as_retriever(similarity_top_k=retrieved)

    def ask(question: str) -> Asked:
        found = retriever.retrieve(question)
        if reranker is not None:
            found = reranker.postprocess_nodes(found, query_str=question)
        # A long passage is split: its first part counts for it.
        return list(dict.fromkeys(int(each.node.ref_doc_id) for each in found)), ""

    return ask


def langchain_build(job: Job) -> None:
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    rows = [{"row": row} for row in range(len(job.passages))]
    FAISS.from_texts(job.texts, HuggingFaceEmbeddings(model_name=job.model), rows).save_local(str(job.folder / "faiss"))


def langchain_open(job: Job) -> Ask:
    store = _langchain_store(job)
    return lambda question: ([found.metadata["row"] for found in store.similarity_search(question, k=TOP)], "")


def langchain_reader_open(job: Job) -> Ask:
    from langchain_classic.retrievers import ContextualCompressionRetriever
    from langchain_classic.retrievers.document_compressors import CrossEncoderReranker
    from langchain_community.cross_encoders import HuggingFaceCrossEncoder

    reranker = CrossEncoderReranker(model=HuggingFaceCrossEncoder(model_name=job.reader), top_n=TOP)
    retriever = ContextualCompressionRetriever(
        base_compressor=reranker, base_retriever=_langchain_store(job).as_retriever(search_kwargs={"k": 2 * TOP})
    )
    return lambda question: ([found.metadata["row"] for found in retriever.invoke(question)], "")


def _langchain_store(job: Job) -> Any:
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(model_name=job.model)
    # It was written by the job before this one, so its pickle is ours.
    return FAISS.load_local(str(job.folder / "faiss"), embeddings, allow_dangerous_deserialization=True)


def probqa_build(job: Job) -> None:
    from public_sets import CACHE, contents_of, exported

    from probqa.indexing.generation import write

    models = exported(CACHE)
    write(job.folder, contents_of(job.passages, models, models.opened_encoder().encode_passages))


def probqa_open(job: Job) -> Ask:
    from public_sets import KEPT, as_it_stands

    from probqa.asking.quotes import choose
    from probqa.asking.retrieval import retrieve
    from probqa.asking.signals import measure
    from probqa.indexing.generation import Generation
    from probqa.questions import DEFAULT_QUOTES

    generation = Generation.live(job.folder)

    def ask(question: str) -> Asked:
        understood = as_it_stands(generation, question, generation.encoder.encode_question(question))
        hits = retrieve(generation, understood, KEPT)
        candidates = measure(generation, understood, hits)
        chosen = choose(understood, candidates, DEFAULT_QUOTES, generation.domain, generation.calibration)
        return [hit.passage.row for hit in hits[:TOP]], chosen[0].candidate.text if chosen else ""

    return ask


ADAPTERS: dict[str, tuple[Callable[[Job], None], Callable[[Job], Ask]]] = {
    "probqa": (probqa_build, probqa_open),
    "txtai": (txtai_build, txtai_open),
    "txtai, hybrid": (txtai_hybrid_build, txtai_open),
    "haystack": (haystack_build, haystack_open),
    "haystack, BM25": (haystack_bm25_build, haystack_bm25_open),
    "llama-index": (llama_index_build, llama_index_open),
    "langchain + FAISS": (langchain_build, langchain_open),
    "txtai, hybrid + reader": (txtai_reader_build, txtai_reader_open),
    "haystack + reader": (haystack_build, haystack_reader_open),
    "llama-index + reader": (llama_index_build, llama_index_reader_open),
    "langchain + FAISS + reader": (langchain_build, langchain_reader_open),
}


def work(job: Job) -> dict[str, Any]:
    build, open_index = ADAPTERS[job.library]
    if job.action == "build":
        began = time.perf_counter()
        build(job)
        return {"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}
    ask = open_index(job)
    first = ask(job.questions[0])
    answered_at = time.time()
    milliseconds, answers = [], [first]
    for question in job.questions[1:]:
        began = time.perf_counter()
        answers.append(ask(question))
        milliseconds.append(1000 * (time.perf_counter() - began))
    return {
        "answered_at": answered_at,
        "milliseconds": milliseconds,
        "rows": [rows for rows, _ in answers],
        "words": [words for _, words in answers],
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Return the most memory this process has held, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(arguments: Sequence[str]) -> int:
    record = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    output = Path(record.pop("output"))
    job = Job(**record | {"folder": Path(record["folder"])})
    output.write_text(json.dumps(work(job)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
