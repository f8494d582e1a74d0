"""The gate of a run: a report with a number that is not its cell does not come out."""

import os
from types import SimpleNamespace

import pytest

from jobreport import export
from jobreport.errors import ExportFailed
from jobreport.export import audit, notebook, reading
from jobreport.export.bound import Quoted
from jobreport.export.pdf import Printed
from jobreport.make import parent, writing
from jobreport.page import Number, Paragraph


def made_of(make, *texts):
    executed = make["notebook"](*make["cells"](), *(make["shown"](Paragraph(text)) for text in texts))
    document = notebook.read(executed)
    return export.typeset(document).read, document


def test_a_report_of_bound_numbers_passes(make, cells_known):
    audit.passed(*made_of(make), cells_known, "da", "params/x.yml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (("Mindst ni, altså 9, kommuner.",), 'page 2: "Mindst ni, altså 9, kommuner."'),
        ((Number("9", "rules", "p_needs_comparisons", "value"),), "rules / p_needs_comparisons / value"),
    ],
)
@pytest.mark.parametrize(("language", "words"), [("da", "ikke skrevet"), ("en", "not written")])
def test_a_typed_number_or_a_false_rule_stops_the_report_and_is_named(make, cells_known, text, told, language, words):
    """The rule is held against the rule that is computed with, not against what the page was made of."""
    from dataclasses import replace

    known = replace(cells_known, rules={"p_needs_comparisons": 12})
    with pytest.raises(ExportFailed) as stopped:
        audit.passed(*made_of(make, text), known, language, "params/x.yml")
    message = str(stopped.value)
    assert told in message
    assert words in message
    assert message.startswith("params/x.yml: ")


def test_many_numbers_are_counted_and_the_first_are_named(make, cells_known):
    with pytest.raises(ExportFailed) as stopped:
        audit.passed(*made_of(make, *((f"I {year}",) for year in range(2001, 2008))), cells_known, "en", "x")
    assert "(14: " in str(stopped.value)
    assert "I 2001" in str(stopped.value)
    assert "I 2007" not in str(stopped.value)


@pytest.mark.parametrize("other", ["audit_read", "audit_tree"])
def test_run_lets_no_report_out_that_does_not_pass(other, make, cells_known, monkeypatch, tmp_path):
    """Nothing is left of it, whichever of its two forms does not."""
    monkeypatch.setattr(audit, other, lambda *_: [])
    executed = make["notebook"](*make["cells"](), make["shown"](Paragraph(("Andelen er 59 pct.",))))
    matter = executed.metadata["jobreport"]
    results = SimpleNamespace(
        params=SimpleNamespace(language="da", where="x.yml", root=tmp_path),
        write_copy=lambda folder: None,
        write_tables=lambda folder: None,
        facts={},
    )
    scope = SimpleNamespace(results=results, front_matter=lambda **_: matter)
    monkeypatch.setattr(writing, "Scope", lambda _: scope)
    monkeypatch.setattr(writing, "_execute", lambda *given, **_: (executed, given[4]()))
    monkeypatch.setattr(writing, "_of_workbook", lambda _: {})
    monkeypatch.setattr(writing.export, "to_xlsx", lambda *_: b"")
    monkeypatch.setattr(writing.glance, "results", lambda _, **__: None)
    monkeypatch.setattr(writing.glance, "line", lambda _: None)
    monkeypatch.setattr(writing, "_export", lambda executed, _, *new: _written(executed, *new))
    monkeypatch.setattr(writing, "cells_of", lambda *_: cells_known)
    with pytest.raises(ExportFailed, match="Andelen er 59 pct"):
        writing.write(results, tmp_path / "out", lambda _: None)
    assert not (tmp_path / "out").exists()


def _written(executed, new, meanwhile):
    (new / "report.html").write_text(export.to_html(executed), encoding="utf-8")
    document = notebook.read(executed)
    return export.typeset(document).read, document, meanwhile(document)


def test_a_finished_pdf_is_read_back_once_for_its_places_and_its_cells(make, monkeypatch, tmp_path):
    counted, pages, walk, texts = [], [], reading.read, reading._page_texts
    monkeypatch.setattr(reading, "read", lambda pdf, *said: counted.append(len(pdf)) or walk(pdf, *said))
    monkeypatch.setattr(reading, "_page_texts", lambda *page: pages.append(page) or texts(*page))
    (tmp_path / "inputs.json").write_bytes(b"{}")
    monkeypatch.setattr(writing, "tidy", lambda _: None)
    matter = make["notebook"](*make["cells"]()).metadata["jobreport"]
    read, document, _ = writing._export(make["notebook"](*make["cells"]()), matter, tmp_path, lambda _: [])
    assert counted == [(tmp_path / "report.pdf").stat().st_size]
    assert len(pages) == max(run.page for run in read.runs), "what a page says is found while its numbers are bound"
    assert len(read.numbers()) > len(list(document.numbers())) > 0


@pytest.mark.skipif(not parent.POSSIBLE, reason="processes are forked on Linux only")
@pytest.mark.parametrize("forks", [False, True])
def test_who_forks_lets_a_fork_set_the_pdf_and_keeps_no_thread_of_it(forks, make, monkeypatch, tmp_path):
    monkeypatch.setattr("jobreport.make.beside.may_fork", lambda: forks)
    monkeypatch.setattr(parent, "may_fork", lambda: forks)
    monkeypatch.setattr(writing.export, "unbound", lambda *_: os.getpid())
    monkeypatch.setattr(writing.export, "finished", lambda _, *made: Printed(b"%PDF", (made[0], made[1](os.getpid)())))
    monkeypatch.setattr(writing, "tidy", lambda _: None)
    (tmp_path / "inputs.json").write_bytes(b"{}")
    notebook_ = make["notebook"](*make["cells"]())
    matter = notebook_.metadata["jobreport"]
    read, document, found = writing._export(notebook_, matter, tmp_path, lambda shown: [shown])
    assert ([each != os.getpid() for each in read], found) == ([forks, forks], [document])
    assert (tmp_path / "report.pdf").read_bytes() == b"%PDF"


QUOTED = ("Hvor tilfreds er du (1-5)?", "Meget tilfreds (5)", "18-29 år", "7")


@pytest.mark.dear
def test_what_the_codebook_calls_its_answers_may_hold_digits_and_no_more(make, cells_known):
    from dataclasses import replace

    known = replace(cells_known, quoted=Quoted.of(QUOTED))
    audit.passed(
        *made_of(make, ("»Hvor tilfreds er du (1-5)?« besvares af 18-29 år med meget tilfreds (5).",)), known, "da", "x"
    )
    for typed in ("De 18-29 år svarede 5", "Der er 7", "Alder 118-29 år"):
        with pytest.raises(ExportFailed):
            audit.passed(*made_of(make, (typed,)), known, "da", "x")


def test_a_group_is_bound_to_its_key_and_called_by_its_label(make, cells_known):
    from dataclasses import replace

    row = "satisfaction|share|positive|183|2021-2|age|young"
    known = replace(cells_known, rows={"estimates": {**cells_known.rows["estimates"], row: {"group": "young"}}})
    pages = made_of(make, (Number("18-29 år", "estimates", row, "group"),))
    with pytest.raises(ExportFailed):
        audit.passed(*pages, known, "da", "x")
    audit.passed(*pages, replace(known, quoted=Quoted.of(QUOTED)), "da", "x")
