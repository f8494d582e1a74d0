"""The notebook that jobreport is timed against runs from end to end and holds no old results."""

import nbformat
import papermill
import pytest


@pytest.fixture
def peer(request):
    return request.config.rootpath / "tests" / "benchmarks" / "peer.ipynb"


def test_the_peer_is_stored_without_results(peer):
    notebook = nbformat.read(peer, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    assert [cell.id for cell in cells if "parameters" in cell.metadata.get("tags", [])] == ["parameters"]


def test_the_careful_peer_is_the_same_analysis_without_bars_drawn_at_random(peer, request):
    from tests.benchmarks.reports import careful

    sources = [cell.source for cell in nbformat.read(peer, as_version=4).cells]
    written = [careful(source) for source in sources]
    assert [source.replace("errorbar=None, ", "") for source in written] == sources
    drawn = [name for source in sources for name in ("lineplot(", "pointplot(", "barplot(") if name in source]
    assert sum(source.count("errorbar=None") for source in written) == len(drawn) == 12


@pytest.mark.slow
def test_the_peer_runs_for_another_municipality(peer, tmp_path, request):
    papermill.execute_notebook(
        peer,
        tmp_path / "peer.ipynb",
        parameters={"municipality_code": "461"},
        cwd=request.config.rootpath,
        progress_bar=False,
    )
    made = nbformat.read(tmp_path / "peer.ipynb", as_version=4)
    pictures = [
        output for cell in made.cells for output in cell.get("outputs", []) if output.output_type == "display_data"
    ]
    assert len(pictures) == 18


@pytest.mark.parametrize("name", ["tests/benchmarks/results.md", "jobreport/README.md"])
def test_a_block_is_put_between_its_marks_and_nothing_else_of_a_page_changes(name, request):
    from tests.benchmarks.reports import BLOCKS, PAGES, marks, put

    page = (request.config.rootpath / name).read_text(encoding="utf-8")
    assert [*PAGES] == [request.config.rootpath / one for one in ("tests/benchmarks/results.md", "jobreport/README.md")]
    held = {block: page.split(marks(block)[0])[1].split(marks(block)[1])[0].strip() for block in BLOCKS
            if marks(block)[0] in page}  # fmt: skip
    assert {"growth", "aims"} <= set(held)
    assert put(page, held) == page
    assert put(page, dict.fromkeys(BLOCKS, "new")).count("\n\nnew\n\n") == len(held)
