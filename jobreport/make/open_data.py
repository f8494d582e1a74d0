"""What lies in a report's folder, or in a package, said to programs: a Data Package (Frictionless) and an RO-Crate.

Both are written of the finished files and of what the params state; the same files give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jobreport.domain.released import COUNTS, KEYS, TABLES
from jobreport.domain.rules import PRINTED
from jobreport.domain.texts import Words, texts_of
from jobreport.intake.formats.package import MOMENTS, NUMERIC, PEOPLE
from jobreport.report.results import as_json, digest
from jobreport.setup.params import Params

DESCRIPTOR, CRATE, MANIFEST = "datapackage.json", "ro-crate-metadata.json", "manifest.json"
KEY_OF = {**KEYS, "moments": MOMENTS[:8], "people": PEOPLE[:2]}
FLAGS = ("uncertain", "suppressed")
MEDIA = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]
Entity = dict[str, Any]


@dataclass(frozen=True)
class Stated:
    """What is said of all files together."""

    params: Params
    title: str

    @property
    def words(self) -> Words:
        """The words around it in the report's language."""
        return texts_of("open_data", self.params.language)

    @property
    def simulated(self) -> bool:
        """Whether the answers were made up."""
        return self.params.survey is not None and self.params.survey.simulated

    @property
    def licence(self) -> Mapping[str, str] | None:
        """Title and address of the licence; None where none is stated."""
        found: Mapping[str, str] | None = self.words["licences"].get(self.params.licence)
        return found

    def description(self, said: str = "") -> str:
        """One text: what it is, that it is made up if it is, and that no licence is stated if none is."""
        made_up = texts_of("export", self.params.language)["simulated_sentence"] if self.simulated else ""
        return " ".join(filter(None, (said, made_up, "" if self.licence else self.words["not_stated"])))


def data_package(stated: Stated, tables: Sequence[str], files: Mapping[str, bytes]) -> Entity:
    """Describe tables as a Tabular Data Package: columns with type, meaning and key, licence and sources.

    ``tables``: of the contract, or of a package. ``files``: name -> bytes; each table is one of them.
    """
    params, licence = stated.params, stated.licence
    sources = [{"title": series.source[params.language]} for series in params.registers if series.source]
    return {
        "profile": "tabular-data-package",
        "name": params.name,
        "title": stated.title,
        "description": stated.description(),
        "simulated": stated.simulated,
        **({"licenses": [{"name": params.licence, **licence}]} if licence else {}),
        **({"sources": sources} if sources else {}),
        "resources": [_resource(stated, name, files[f"{name}.csv"]) for name in tables],
    }


def _resource(stated: Stated, table: str, data: bytes) -> Entity:
    columns = data[: data.index(b"\n")].decode("utf-8").split(",")
    rows = {name: each["row"] for name, each in _workbook(stated)["tables"].items()} | stated.words["tables"]
    return {
        "name": table,
        "path": f"{table}.csv",
        "profile": "tabular-data-resource",
        "description": stated.words["rows"].format(row=rows[table]),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{digest(data)}",
        "schema": {"fields": [_field(stated, name) for name in columns], "primaryKey": list(KEY_OF[table])},
    }


def _field(stated: Stated, column: str) -> Entity:
    said = {**_workbook(stated)["meaning"], **stated.words["meaning"], "unit": stated.words["units"]}
    kind: Entity = {"type": "integer" if column in COUNTS else "number" if column in NUMERIC else "string"}
    if column == "simulated":
        kind = {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]}
    limits = {"constraints": {"enum": list(FLAGS)}} if column == "flag" else {}
    return {"name": column, **kind, "description": said[column].format(**PRINTED), **limits}


def _workbook(stated: Stated) -> Words:
    return texts_of("workbook", stated.params.language)


def crate(stated: Stated, facts: Mapping[str, Any], files: Mapping[str, bytes]) -> Entity:
    """Describe a report's folder as an RO-Crate 1.1: its files, what they were made of, and by which program.

    ``facts``: the report's ``inputs.json``. ``files``: name -> bytes of what the folder holds.
    """
    parts, inputs = [*_files(stated, files)], [*_inputs(facts)]
    licence = stated.licence
    program = {"@id": "#jobreport", "@type": "SoftwareApplication", "name": "jobreport", "version": facts["jobreport"]}
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": stated.title,
        "description": stated.description(stated.words["crate"]),
        "datePublished": facts["report_date"],
        "inLanguage": stated.params.language,
        **({"license": {"@id": licence["path"]}} if licence else {}),
        "hasPart": _named(parts),
        "mentions": {"@id": "#run"},
    }
    run: Entity = {"@id": "#run", "@type": "CreateAction", "name": f"jobreport run: {stated.params.name}"}
    run |= {"instrument": {"@id": "#jobreport"}, "object": _named(inputs), "result": _named(parts)}
    about: Entity = {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"}}
    about |= {"conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}}
    named = [{"@id": licence["path"], "@type": "CreativeWork", "name": licence["title"]}] if licence else []
    return {"@context": CONTEXT, "@graph": [about, root, *parts, *inputs, run, program, *named]}


def _named(entities: Sequence[Entity]) -> list[Entity]:
    return [{"@id": each["@id"]} for each in entities]


def _files(stated: Stated, files: Mapping[str, bytes]) -> Iterator[Entity]:
    # Every file; the manifest, which holds the checksum of this very description, without one of its own.
    for name, data in [*sorted(files.items()), (MANIFEST, None)]:
        about: Entity = {"@id": name, "@type": "File", "name": stated.words["files"][name]}
        held = {} if data is None else {"contentSize": str(len(data)), "sha256": digest(data)}
        yield about | {"encodingFormat": MEDIA[Path(name).suffix]} | held


def _inputs(facts: Mapping[str, Any]) -> Iterator[Entity]:
    # What was read; it is named and does not lie in the folder. A checksum made with a key is no SHA-256.
    for part in facts["inputs"]:
        name, known_by = f"#{part['role']}:{quote(part['file'])}", "identifier" if ":" in part["sha256"] else "sha256"
        yield {"@id": name, "@type": "CreativeWork", "name": part["file"], known_by: part["sha256"]}


def write(stated: Stated, facts: Mapping[str, Any], folder: Path) -> None:
    """Write both beside a report's files; only the manifest is written after them."""
    tables = {f"{name}.csv": (folder / f"{name}.csv").read_bytes() for name in TABLES}
    (folder / DESCRIPTOR).write_bytes(as_json(data_package(stated, TABLES, tables)))
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / CRATE).write_bytes(as_json(crate(stated, facts, files)))
