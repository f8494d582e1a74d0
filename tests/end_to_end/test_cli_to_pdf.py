"""From a typed command to a finished report: what is written, what it says of itself, what is refused."""

import ast
import csv
import datetime
import getpass
import hashlib
import io
import json
import platform
import re
import zipfile
from pathlib import Path

import nbformat
import papermill
import pikepdf
import pypdf
import pytest
import yaml

from jobreport.desk import cli
from tests.end_to_end.typed import PROJECT

STAMP = "SIMULEREDE TAL"
FILES = {
    "report.pdf", "report.html", "report.ipynb", "estimates.csv", "changes.csv", "diagnostics.csv", "tables.xlsx",
    "datapackage.json", "ro-crate-metadata.json",
    "manifest.json",
}  # fmt: skip
# The contract with whoever reads the files; typed here on purpose.
ESTIMATES = (
    "indicator,measure,category,unit,municipality_code,municipality,wave,group_by,group,n_invited,n_answered,n,"
    "n_effective,estimate,standard_error,ci_low,ci_high,flag,reason,simulated"
)
CHANGES = (
    "event,indicator,measure,category,unit,municipality_code,municipality,role,group_by,group,method,adjustment,"
    "specification,scale,wave_before,wave_after,n_before,n_after,n_comparison,change,standard_error,ci_low,ci_high,"
    "p_value,p_smallest_possible,rank,p_adjusted,detectable_change,wording_level,flag,reason,simulated"
)


@pytest.fixture(params=["ishoej", "demo"])
def written(request) -> Path:
    """Folder of each of the two reports."""
    return request.getfixturevalue(request.param).output(request.param)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(file: Path) -> bytes:
    """Everything in a file, unpacked: parts of a workbook, streams of a PDF."""
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as parts:
            return b"\n".join(parts.read(name) for name in parts.namelist())
    if file.suffix == ".pdf":
        with pikepdf.open(file) as document:
            streams = [one.read_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)]
        return b"\n".join([file.read_bytes(), *streams])
    return file.read_bytes()


def test_a_run_writes_the_files_it_promises_and_nothing_else(written):
    assert {path.name for path in written.iterdir()} == FILES
    assert [
        path.name for path in written.parent.iterdir() if path.name.startswith(f".{written.name}.") and path.is_dir()
    ] == []


def test_every_row_that_a_sentence_on_who_answered_is_made_of_is_there(demo):
    """'again' was told of by a sentence and made by a function that nobody called."""
    found = {(row["diagnostic"], row["measure"]) for row in rows(demo.output("demo") / "diagnostics.csv")}
    told = ("rate", "skipped", "again", "again_before", "left_before", "of_answers", "vanishing_odds", "at_odds")
    assert {("nonresponse", measure) for measure in told} <= found
    assert "own_waves" in {diagnostic for diagnostic, _ in found}


def test_the_readme_names_every_file_that_a_run_writes():
    readme = (PROJECT / "data" / "README.md").read_text(encoding="utf-8")
    assert [name for name in FILES if f"`{name}`" not in readme] == []


@pytest.mark.parametrize(("table", "columns"), [("estimates", ESTIMATES), ("changes", CHANGES)])
def test_the_columns_are_the_contract(written, table, columns):
    assert (written / f"{table}.csv").read_bytes().split(b"\n", 1)[0].decode("utf-8") == columns
    assert rows(written / f"{table}.csv")


@pytest.mark.filterwarnings("ignore")  # frictionless's own
@pytest.mark.dear
def test_the_tables_are_an_open_data_package(ishoej):
    import frictionless

    folder = ishoej.output("ishoej")
    found = frictionless.validate(str(folder / "datapackage.json"))
    assert found.valid, found.flatten(["type", "message"])
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (described["licenses"][0]["name"], described["simulated"]) == ("CC-BY-4.0", False)
    assert described["sources"][0]["title"].startswith("Danmarks Statistik, Statistikbanken, tabel AUP02")


def test_the_folder_is_a_research_object_crate(written):
    crate = json.loads((written / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    root = graph[graph["ro-crate-metadata.json"]["about"]["@id"]]
    assert {part["@id"] for part in root["hasPart"]} == FILES - {"ro-crate-metadata.json"}
    assert datetime.date.fromisoformat(root["datePublished"])
    links = re.findall(r'"@id": ("[^"]+")', json.dumps({**crate, "@graph": crate["@graph"][1:]}))
    assert {json.loads(link) for link in links} <= set(graph)
    for name in FILES - {"ro-crate-metadata.json", "manifest.json"}:
        data = (written / name).read_bytes()
        assert graph[name]["sha256"] == hashlib.sha256(data).hexdigest()
        assert graph[name]["contentSize"] == str(len(data))
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    read = {entity["name"]: entity["sha256"] for key, entity in graph.items() if key.startswith("#") and ":" in key}
    assert read == {part["file"]: part["sha256"] for part in manifest["inputs"]}


def test_codes_are_three_digits_and_nothing_is_half_known(written):
    for table in ("estimates", "changes"):
        for row in rows(written / f"{table}.csv"):
            assert re.fullmatch(r"\d{3}|others|comparison|treated", row["municipality_code"])
            assert row["simulated"] in {"True", "False"}
            assert row["flag"] in {"", "uncertain", "suppressed"}


@pytest.mark.dear
def test_shares_lie_between_zero_and_one_inside_their_interval(demo):
    shares = [
        row for row in rows(demo.output("demo") / "estimates.csv") if row["measure"] == "share" and row["estimate"]
    ]
    assert len(shares) > 1000
    for row in shares:
        low, share, high = (float(row[name]) for name in ("ci_low", "estimate", "ci_high"))
        assert 0 <= low <= share <= high <= 1
        assert low < high


def test_a_suppressed_row_holds_no_number(demo):
    hidden = [row for row in rows(demo.output("demo") / "estimates.csv") if row["flag"] == "suppressed"]
    numbers = ("n_answered", "n", "n_effective", "estimate", "standard_error", "ci_low", "ci_high")
    assert all(row[name] == "" for row in hidden for name in numbers)


def test_the_manifest_knows_every_file_that_was_read_and_written(written):
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["outputs"] == {
        name: hashlib.sha256((written / name).read_bytes()).hexdigest() for name in FILES - {"manifest.json"}
    }
    assert manifest["inputs"]
    for entry in manifest["inputs"]:
        read = (written.parents[1] / entry["file"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(read).hexdigest()


def test_a_copy_without_git_says_so(written):
    assert json.loads((written / "manifest.json").read_text(encoding="utf-8"))["commit"] == "ikke oplyst"


@pytest.mark.dear
def test_no_output_tells_of_the_machine_the_user_or_the_clock(written):
    now = datetime.datetime.now(tz=datetime.UTC)
    private = {str(written.parents[1]), str(Path.home()) + "/", f"{now:%Y-%m-%d}", f"{now:%Y%m%d}"}
    private |= {name for name in (getpass.getuser(), platform.node()) if len(name) > 5}  # shorter ones occur by chance
    found = [(file.name, word) for file in written.iterdir() for word in private if word.encode() in contents(file)]
    assert found == []


def test_the_report_on_three_official_series_has_fourteen_pages_at_most_six_of_them_before_the_annex(ishoej):
    first, *others = pypdf.PdfReader(ishoej.output("ishoej") / "report.pdf").pages
    assert len(others) <= 13
    assert re.search(r"Side 1 af [1-6]\b", first.extract_text())


def test_the_document_is_dated_by_its_data(ishoej):
    with pikepdf.open(ishoej.output("ishoej") / "report.pdf") as document:
        assert str(document.docinfo["/CreationDate"]).startswith("D:2024")
        assert str(document.Root["/Lang"]) == "da"


@pytest.mark.dear
def test_every_page_of_the_simulated_report_says_that_it_is_simulated(demo):
    """The first in its text, the others in their heads: to read all of each takes ten times as long."""
    with pikepdf.open(demo.output("demo") / "report.pdf") as document:
        for page in document.pages[1:]:
            heads = re.findall(rb"/Artifact\b.*?\bEMC\b", page.Contents.read_bytes(), re.DOTALL)
            page.Contents = document.make_stream(b"\n".join(heads))
        document.save(written := io.BytesIO())
    pages = pypdf.PdfReader(written).pages
    assert len(pages) > 3
    assert [number for number, page in enumerate(pages, 1) if STAMP not in page.extract_text()] == []


@pytest.mark.dear
def test_every_simulated_row_figure_and_table_says_so(demo):
    folder = demo.output("demo")
    invented = [row for table in ("estimates", "changes", "diagnostics") for row in rows(folder / f"{table}.csv")]
    assert {row["simulated"] for row in invented} == {"True"}
    page = (folder / "report.html").read_text(encoding="utf-8")
    pieces = (r"<figure\b.*?</figure>", r'<div class="table".*?</div>')
    figures, tables = (re.findall(piece, page, flags=re.DOTALL) for piece in pieces)
    computed = [table for table in tables if re.search(r'data-table="(estimates|changes|diagnostics)"', table)]
    assert min(len(figures), len(computed)) > 3
    assert [one[:200] for one in (*figures, *computed) if STAMP not in one] == []


def test_real_figures_are_nowhere_called_simulated(ishoej):
    folder = ishoej.output("ishoej")
    assert {row["simulated"] for table in ("estimates", "changes") for row in rows(folder / f"{table}.csv")} == {
        "False"
    }
    assert [file.name for file in folder.iterdir() if STAMP.encode() in contents(file)] == []


@pytest.mark.dear
def test_papermill_alone_gives_the_same_numbers(ishoej, tmp_path):
    plain = tmp_path / "out.ipynb"
    done = ishoej.python("-m", "papermill", "notebooks/report.ipynb", str(plain), "-f", "params/ishoej.yml")
    assert done.returncode == 0, done.stderr
    by_papermill = nbformat.read(plain, as_version=4).cells
    said_as_by_run(ishoej, {c.id: [o.data for o in c.outputs] for c in by_papermill if c.cell_type == "code"})


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_the_cells_as_papermill_leaves_them_give_the_same_numbers_in_any_python(ishoej, monkeypatch):
    """The notebook with a params file injected, its cells run here; in a kernel of papermill's own above."""
    monkeypatch.chdir(ishoej.root)
    values = papermill.iorw.read_yaml_file("params/ishoej.yml")
    notebook = papermill.iorw.load_notebook_node("notebooks/report.ipynb")
    names, shown = {}, {}
    for cell in papermill.parameterize.parameterize_notebook(notebook, values).cells:
        if cell.cell_type == "code":
            *before, last = ast.parse(cell.source).body
            exec(compile(ast.Module(before, []), cell.id, "exec"), names)
            if isinstance(last, ast.Expr):
                shown[cell.id] = [eval(compile(ast.Expression(last.value), cell.id, "eval"), names)._repr_mimebundle_()]
            else:
                exec(compile(ast.Module([last], []), cell.id, "exec"), names)
    said_as_by_run(ishoej, shown)


def said_as_by_run(copy, shown):
    by_run = nbformat.read(copy.output("ishoej") / "report.ipynb", as_version=4).cells
    ours = {cell.id: cell.outputs for cell in by_run if cell.get("outputs")}
    assert len(ours) > 3
    for name, outputs in ours.items():
        assert [one.data["text/plain"] for one in outputs] == [data["text/plain"] for data in shown[name]], name


WRONG = {
    "a misspelt key": (lambda p: p.update(munipality_code=p.pop("municipality_code")), "munipality_code"),
    "a code of four digits": (lambda p: p.update(municipality_code="0183"), "0183"),
    "a code that is none": (lambda p: p["events"][0].update(treated=[146]), "146"),
    "a missing file": (lambda p: p["registers"][0].update(file="data/register/unemploymnet.csv"), "unemploymnet.csv"),
    "an unknown municipality": (lambda p: p.update(municipality_code="184"), "184"),
    "an event outside the data": (lambda p: (p["events"][0].update(date="2035-01-01")), "2035"),
    "periods outside the data": (lambda p: p["registers"][0].update(before=["1999"]), "1999"),
    "the treated as comparison": (lambda p: p["events"][0].update(comparison=["101", "183"]), "183"),
    "the exposed as comparison": (lambda p: p["events"][0].update(comparison=["101", "187"]), "187"),
    "a name that leaves the folder": (lambda p: p.update(name="../../x"), "../../x"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_in_words_and_leaves_nothing(case, project, monkeypatch, capsys):
    change, named = WRONG[case]
    values = yaml.safe_load((project.root / "params" / "ishoej.yml").read_text(encoding="utf-8"))
    values |= {"name": "refused", "registers": values["registers"][:1]}
    change(values)
    (project.root / "params" / "refused.yml").write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    before = _files(project.root)
    monkeypatch.chdir(project.root)
    assert cli.main(["run", "params/refused.yml"]) == 2
    said = "".join(capsys.readouterr())
    assert "params/refused.yml: " in said or "data/register/unemployment.csv: " in said
    assert named in said
    assert all(heading in said for heading in ("Forventet: ", "Hvorfor: ", "Gør: "))
    assert _files(project.root) == before


def _files(folder):
    """All but what a kernel that ends late may still compile of the project's copy."""
    return sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)


def test_a_params_file_that_is_not_there_is_refused(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    assert cli.main(["run", "params/nowhere.yml"]) == 2
    said = capsys.readouterr().err
    assert "params/nowhere.yml" in said
    assert "Traceback" not in said
