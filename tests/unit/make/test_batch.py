"""What a batch plans, what it keeps, and what it does when something goes wrong; no cluster is needed for that."""

import base64
import dataclasses
import hashlib
import os
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from jobreport.errors import InputRefused, Problem
from jobreport.intake import checks
from jobreport.make import batch, exchange, fingerprint, single
from jobreport.make.batch import jobs, shown, worker
from jobreport.make.batch.shown import Follower
from jobreport.make.batch.worker import Outcome
from jobreport.page import Card, Number, plain, tree
from jobreport.prepare import check
from jobreport.release import computation
from jobreport.report import results
from jobreport.setup import params
from jobreport.setup.params_model import Frozen
from jobreport.wording.surroundings import Surroundings
from jobreport.wording.texts import read_texts
from jobreport.wording.writer import Writer

REGISTER = "params/ishoej.yml"


@pytest.fixture(scope="module")
def register(request):
    return params.read(request.config.rootpath / REGISTER)


@pytest.fixture(scope="module")
def checksums(register):
    return fingerprint.input_checksums(register, {})


@pytest.fixture(scope="module")
def computed(register, checksums, tmp_path_factory):
    """The folder of a computation that was planned; nobody alters it."""
    planned = fingerprint.of_computation(register, checksums)
    return worker.compute_once([register], None, tmp_path_factory.mktemp("batch") / "computed", planned)


def test_a_fanned_out_file_keeps_its_events_and_gets_a_name_and_title_of_its_own(register):
    odense = jobs.for_municipality(register, "461")
    assert (odense.name, odense.municipality_code) == ("ishoej-461", "461")
    assert odense.events == register.events
    assert odense.title["da"].endswith("Odense")
    assert odense.root == register.root


def test_a_plan_and_a_report_before_are_of_one_municipality_and_of_no_other(register):
    planned = register.model_copy(update={"frozen": Frozen(file="params/x.frozen.yml"), "previous": "outputs/x"})
    own, other = (jobs.for_municipality(planned, code) for code in (register.municipality_code, "461"))
    assert (own.frozen, own.previous) == (planned.frozen, "outputs/x")
    assert (other.frozen, other.previous) == (None, None)


def test_what_belongs_to_one_report_does_not_divide_a_computation(register, checksums):
    other = jobs.for_municipality(register, "461").model_copy(update={"language": "en"})
    assert fingerprint.of_computation(other, checksums) == fingerprint.of_computation(register, checksums)
    assert fingerprint.of_report(other, checksums) != fingerprint.of_report(register, checksums)


@pytest.mark.parametrize("change", ["data", "threshold", "code", "lock"])
def test_anything_a_number_depends_on_gives_another_checksum(register, checksums, change, monkeypatch):
    before = fingerprint.of_computation(register, checksums), fingerprint.of_report(register, checksums)
    if change == "data":
        checksums = checksums | {next(iter(checksums)): "0" * 64}
    if change == "threshold":
        register = register.model_copy(
            update={"disclosure": register.disclosure.model_copy(update={"suppress_below": 10})}
        )
    if change == "code":
        monkeypatch.setattr(fingerprint, "code_checksum", lambda: "0" * 64)
    if change == "lock":
        monkeypatch.setattr(fingerprint, "lock_checksum", lambda: "0" * 64)
    after = fingerprint.of_computation(register, checksums), fingerprint.of_report(register, checksums)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_file_is_read_once_for_its_checksum(register, monkeypatch):
    read = []
    monkeypatch.setattr(fingerprint.content, "sha256", lambda path: read.append(path) or "0" * 64)
    known = {}
    for _ in range(3):
        fingerprint.input_checksums(register, known)
    assert len(read) == len(set(read)) == len(known) > 0


@pytest.mark.parametrize(("code", "notes"), [("183", 0), ("187", 0), ("461", 1)])
def test_a_report_on_a_municipality_without_the_event_says_so(register, code, notes):
    own = jobs.for_municipality(register, code)
    labels = Writer(read_texts("en"), own)
    found = Surroundings.of(labels).elsewhere()
    assert len(found) == notes
    assert all("Odense was not part of what happened" in plain(note.parts) for note in found)


def test_two_reports_in_one_folder_are_refused(register, tmp_path):
    with pytest.raises(InputRefused) as refused:
        jobs.jobs([register, register], (), tmp_path, {})
    assert [problem.key for problem in refused.value.problems] == ["batch_same_name"]


def test_both_languages_share_a_computation_and_have_folders_of_their_own(register, tmp_path):
    both = jobs.jobs([register], ("da", "en"), tmp_path, {})
    assert [job.name for job in both] == ["ishoej", "ishoej-en"]
    assert len({job.computation for job in both}) == 1
    assert len({job.content for job in both}) == 2


def test_a_shared_computation_gives_each_report_the_rows_it_computes_alone(register, computed):
    shared = worker.load(computed)
    for code in ("183", "461"):
        own = jobs.for_municipality(register, code)
        inputs = checks.read_inputs(own)
        alone = results.compute(inputs)
        chosen = results.select(shared, checks.read_context(own))
        for name in computation.TABLES:
            pd.testing.assert_frame_equal(getattr(alone.released, name), getattr(chosen.released, name))
        assert alone.facts == chosen.facts


def test_what_is_computed_is_not_computed_again(register, computed, monkeypatch):
    monkeypatch.setattr(checks, "read_inputs", lambda _: pytest.fail("the data were read again"))
    assert worker.compute_once([register], None, computed) == computed


def test_a_report_is_kept_only_if_whole_and_of_the_same_content(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.pdf").write_bytes(b"pdf")
    manifest = {"content_sha256": "a", "outputs": {"report.pdf": results.digest(b"pdf")}}
    assert not worker.is_made(folder, "a")
    (folder / "manifest.json").write_bytes(results.as_json(manifest))
    assert worker.is_made(folder, "a")
    assert not worker.is_made(folder, "b")
    (folder / "report.pdf").write_bytes(b"altered")
    assert not worker.is_made(folder, "a")


@pytest.mark.dear
def test_an_unexpected_failure_does_not_tell_its_message():
    def stumble():
        raise ValueError("answer of 010101-1234")

    outcome = worker._told("x", "da", stumble)
    assert (outcome.status, "010101" in outcome.reason) == (worker.FAILED, False)
    assert outcome.reason.startswith("ValueError (test_batch.py:")


def test_an_order_travels_as_plain_values(register):
    order = worker.Order.of(register)
    again = dataclasses.replace(order).params()
    assert again.to_plain() == register.to_plain()
    assert again.root.samefile(register.root)


def test_the_index_links_what_is_made_and_says_why_the_rest_is_not(register, tmp_path):
    folder = tmp_path / "ishoej"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(results.as_json({"params": register.to_plain()}))
    outcomes = [worker.Outcome("ishoej", worker.MADE), worker.Outcome("bad", worker.REFUSED, "no <answers> from 'x'")]
    page = shown.write_index(outcomes, tmp_path).read_text(encoding="utf-8")
    assert page.count('href="ishoej/report.html"') == 2  # on the map and in the list
    assert "no &lt;answers&gt; from &#39;x&#39;" in page
    assert page.count("ingen rapport") == 97


LINE = Card(("Tilfredshed",), ((Number("76 pct.", "estimates", "k", "estimate"),), ("+4,5",), ("143",)))


def test_the_table_has_what_each_report_says_of_itself_and_a_tile_has_one_report(register, tmp_path):
    for name, language in (("ishoej", "da"), ("ishoej-en", "en")):
        made_before(tmp_path / name, register, language, glance=tree.written(LINE))
    made_before(tmp_path / "overview", register)
    outcomes = [Outcome(name, worker.MADE) for name in ("ishoej", "ishoej-en", "overview")]
    page = shown.write_index(outcomes, tmp_path).read_text(encoding="utf-8")
    tiles, rows = page.split('<table id="reports">')[0], page.split("<tbody>")[1].split("</tbody>")[0]
    assert tiles.count('href="ishoej/report.html"') == 1
    assert "ishoej-en/report.html" not in tiles
    assert rows.count("<tr>") == rows.count(">Tilfredshed<") == rows.count('data-column="estimate">76 pct.</data>') == 2
    assert "overview" not in rows
    assert "Frederiks\u00adhavn" in tiles


@pytest.mark.parametrize("carried", [None, {}, {"version": tree.VERSION, "tree": {"node": "Paragraph"}}])
def test_a_report_that_says_nothing_of_itself_stands_as_not_stated(register, tmp_path, carried):
    made_before(tmp_path / "ishoej", register, glance=carried)
    page = shown.write_index([Outcome("ishoej", worker.MADE)], tmp_path).read_text(encoding="utf-8")
    assert page.count(">ikke oplyst</td>") == 4


def test_the_index_runs_one_script_that_its_policy_names_and_is_whole_without_it(register, tmp_path):
    made_before(tmp_path / "ishoej", register)
    page = shown.write_index([Outcome("ishoej", worker.MADE)], tmp_path).read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    assert f"script-src 'sha256-{digest}'" in page
    assert '<form id="find" hidden' in page


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
def test_the_preloaded_parent_is_used_where_it_can_be(monkeypatch):
    from jobreport.make import kernel, parent

    monkeypatch.setattr(parent, "POSSIBLE", False)
    config = kernel._config(None or kernel.Path("x"), {}, preloaded=True)
    assert config.PrivateKernelManager.preloaded is False


def test_nothing_is_running_when_all_is_done_though_some_were_refused_before_they_were_planned(tmp_path):
    follower = Follower(tmp_path / "batch.log", workers=2)
    follower.planned(1)
    follower.done(Outcome("unreadable", worker.REFUSED, "why"))
    follower.planned(3)
    follower.done(Outcome("good", worker.MADE))
    assert "2 i gang" in follower._bar.tasks[0].description
    follower.done(Outcome("empty", worker.REFUSED, "why"))
    follower.done(Outcome("other", worker.MADE))
    assert "0 i gang, 2 mislykkede" in follower._bar.tasks[0].description


@pytest.mark.parametrize(
    ("language", "seconds", "pace", "minutes"),
    [("da", " 1.234,6 s", ", 0,4 i minuttet", " 2,5 min"), ("en", " 1,234.6 s", ", 0.4 a minute", " 2.5 min")],
)
def test_a_batch_writes_numbers_as_its_language_does(monkeypatch, tmp_path, language, seconds, pace, minutes):
    """150 seconds are two and a half minutes, in which one report came: 0.4 a minute."""
    clock = iter([0.0, 150.0, 150.0])
    monkeypatch.setattr(shown, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    follower = Follower(tmp_path / "batch.log", 1, language)
    follower.done(Outcome("good", worker.MADE, seconds=1234.56))
    assert seconds in (tmp_path / "batch.log").read_text(encoding="utf-8")
    assert pace in follower._bar.tasks[0].description
    assert minutes in follower.end(tmp_path / "index.html")


def made_before(folder, register, language="da", glance=None):
    """A report that an earlier batch made."""
    folder.mkdir()
    plain = register.to_plain() | {"language": language}
    manifest = {"jobreport": "1", "params": plain, "outputs": {}, "inputs": [], "glance": glance}
    (folder / "manifest.json").write_bytes(results.as_json(manifest))


def test_the_index_never_calls_a_report_that_is_there_not_made(register, tmp_path):
    for name in ("ishoej", "land-461", "land-461-en", "landet"):
        made_before(tmp_path / name, register)
    outcomes = [
        Outcome("ishoej", worker.REFUSED, "gone.csv"), Outcome("land", worker.FAILED, "stopped"),
        Outcome("new", worker.REFUSED, "why"),
    ]  # fmt: skip
    for language, words in (("da", ("Ikke lavet igen", "Ikke lavet<")), ("en", ("Not made again", "Not made<"))):
        page = shown.write_index(outcomes, tmp_path, language).read_text(encoding="utf-8")
        again, never = page.index(words[0]), page.index(words[1])
        for name, linked in (("ishoej", True), ("land-461", True), ("land-461-en", True), ("landet", False)):
            assert (f'href="{name}/report.html"' in page) is linked
        assert never < page.index("<dt>new</dt>") < again < page.index("<dt>ishoej</dt>")


def test_a_batch_replaces_no_page_or_table_that_no_batch_has_made(request, tmp_path):
    (tmp_path / "index.html").write_text("my website", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"index\.html"):
        batch.run([request.config.rootpath / REGISTER], batch.Options(out=tmp_path))
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "my website"


@pytest.mark.parametrize("language", ["da", "en"])
def test_one_batch_at_a_time_writes_to_a_folder(language, request, tmp_path):
    words = {"da": "samme mappe", "en": "same folder"}
    options = batch.Options(out=tmp_path, languages=(language,))
    with exchange.locked(tmp_path / batch.BATCH), pytest.raises(InputRefused, match=words[language]):
        batch.run([request.config.rootpath / REGISTER], options)


def test_what_a_batch_says_is_in_one_language_whatever_its_reports_are_in(register):
    english = register.model_copy(update={"language": "en"})
    refused = InputRefused([Problem("report_date_missing", "x")], "en")
    read = jobs.Inputs([register, english], [jobs.Refusal("x", refused)])
    assert batch._language(read, ()) == "da"
    assert batch._language(read, ("en",)) == "en"
    assert batch._language(jobs.Inputs([english], []), ()) == "en"

    def stumble():
        raise refused

    assert worker._told("x", "da", stumble).reason == refused.text("da")
    assert worker._told("x", "en", stumble).reason == refused.text("en")


def test_a_computation_is_of_the_bytes_that_its_name_says(register, computed, tmp_path):
    assert computed.exists()
    with pytest.raises(InputRefused) as refused:
        worker.compute_once([register], None, tmp_path / "wrong", "0" * 64)
    assert [problem.key for problem in refused.value.problems] == ["batch_files_changed"]
    assert not (tmp_path / "wrong").exists()


def test_context_that_changed_after_the_computation_is_refused(register, computed):
    context = checks.read_context(register)
    later = [dataclasses.replace(file, sha256="0" * 64) for file in context.files]
    with pytest.raises(InputRefused) as refused:
        results.select(worker.load(computed), dataclasses.replace(context, files=tuple(later)))
    assert {problem.where for problem in refused.value.problems} == {register.benchmarks, register.claims}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.dear
def test_a_refusal_deep_below_is_told_in_the_language_of_the_report(language, register, monkeypatch):
    def deep(*_):
        raise InputRefused([Problem("margins_impossible", "x", {"column": "c", "places": ["p"]})])

    monkeypatch.setattr(results.computation, "compute", deep)
    monkeypatch.setattr(exchange, "in_the_way", lambda _: [])
    for road in (check.check, lambda path, asked: single.run(path, None, asked, lambda _: None)):
        with pytest.raises(InputRefused) as refused:
            road(register.root / REGISTER, language)
        assert refused.value.language == language


def test_a_refused_file_goes_by_the_name_of_its_report_where_that_can_be_read(register, tmp_path):
    text = (register.root / REGISTER).read_text(encoding="utf-8")
    for file, written in {"a": text.replace("data/claims.csv", "gone.csv"), "b": "name: ../x\n"}.items():
        (tmp_path / f"{file}.yml").write_text(written, encoding="utf-8")
    found = jobs.read([tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "c.yml"])
    assert [refusal.name for refusal in found.refused] == ["ishoej", "b", "c"]
