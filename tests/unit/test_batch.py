"""What a batch plans, what it keeps, and what it does when something goes wrong; no cluster is needed for that."""

import dataclasses
import os

import pandas as pd
import pytest

from jobreport import computation, content, params, results, validate, wording
from jobreport.batch import index, jobs, shared, work
from jobreport.batch.progress import Follower
from jobreport.batch.work import Outcome
from jobreport.display import plain
from jobreport.errors import InputRefused
from jobreport.wording.elsewhere import elsewhere_notes

REGISTER = "params/ishoej.yml"


@pytest.fixture
def register(request):
    return params.read(request.config.rootpath / REGISTER)


@pytest.fixture
def checksums(register):
    return content.input_checksums(register, {})


def test_a_fanned_out_file_keeps_its_events_and_gets_a_name_and_title_of_its_own(register):
    odense = jobs.for_municipality(register, "461")
    assert (odense.name, odense.municipality_code) == ("ishoej-461", "461")
    assert odense.events == register.events
    assert odense.title["da"].endswith("Odense")
    assert odense.root == register.root


def test_what_belongs_to_one_report_does_not_divide_a_computation(register, checksums):
    other = jobs.for_municipality(register, "461").model_copy(update={"language": "en"})
    assert content.of_computation(other, checksums) == content.of_computation(register, checksums)
    assert content.of_report(other, checksums) != content.of_report(register, checksums)


@pytest.mark.parametrize("change", ["data", "threshold", "code", "lock"])
def test_anything_a_number_depends_on_gives_another_checksum(register, checksums, change, monkeypatch):
    before = content.of_computation(register, checksums), content.of_report(register, checksums)
    if change == "data":
        checksums = checksums | {next(iter(checksums)): "0" * 64}
    if change == "threshold":
        register = register.model_copy(
            update={"disclosure": register.disclosure.model_copy(update={"suppress_below": 10})}
        )
    if change == "code":
        monkeypatch.setattr(content, "code_checksum", lambda: "0" * 64)
    if change == "lock":
        monkeypatch.setattr(content, "lock_checksum", lambda: "0" * 64)
    after = content.of_computation(register, checksums), content.of_report(register, checksums)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_file_is_read_once_for_its_checksum(register, monkeypatch):
    read = []
    monkeypatch.setattr(content, "sha256", lambda path: read.append(path) or "0" * 64)
    known = {}
    for _ in range(3):
        content.input_checksums(register, known)
    assert len(read) == len(set(read)) == len(known) > 0


@pytest.mark.parametrize(("code", "notes"), [("183", 0), ("187", 0), ("461", 1)])
def test_a_report_on_a_municipality_without_the_event_says_so(register, code, notes):
    own = jobs.for_municipality(register, code)
    labels = wording.Labels(wording.read_texts("en"), own)
    found = elsewhere_notes(labels)
    assert len(found) == notes
    assert all("did not happen in Odense" in plain(note.parts) for note in found)


def test_two_reports_in_one_folder_are_refused(register, tmp_path):
    with pytest.raises(InputRefused) as refused:
        jobs.jobs([register, register], (), tmp_path, {})
    assert [problem.key for problem in refused.value.problems] == ["batch_same_name"]


def test_both_languages_share_a_computation_and_have_folders_of_their_own(register, tmp_path):
    both = jobs.jobs([register], ("da", "en"), tmp_path, {})
    assert [job.name for job in both] == ["ishoej", "ishoej-en"]
    assert len({job.computation for job in both}) == 1
    assert len({job.content for job in both}) == 2


def test_a_shared_computation_gives_each_report_the_rows_it_computes_alone(register, tmp_path):
    computed = shared.load(shared.compute([register], None, tmp_path / "computed"))
    for code in ("183", "461"):
        own = jobs.for_municipality(register, code)
        inputs = validate.read_inputs(own)
        alone = results.compute(inputs)
        chosen = results.select(computed, validate.read_context(own))
        for name in computation.TABLES:
            pd.testing.assert_frame_equal(getattr(alone.released, name), getattr(chosen.released, name))
        assert alone.facts == chosen.facts


def test_what_is_computed_is_not_computed_again(register, tmp_path, monkeypatch):
    folder = shared.compute([register], None, tmp_path / "computed")
    monkeypatch.setattr(validate, "read_inputs", lambda _: pytest.fail("the data were read again"))
    assert shared.compute([register], None, folder) == folder


def test_a_report_is_kept_only_if_whole_and_of_the_same_content(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.pdf").write_bytes(b"pdf")
    manifest = {"content_sha256": "a", "outputs": {"report.pdf": results.digest(b"pdf")}}
    assert not work.is_made(folder, "a")
    (folder / "manifest.json").write_bytes(results.as_json(manifest))
    assert work.is_made(folder, "a")
    assert not work.is_made(folder, "b")
    (folder / "report.pdf").write_bytes(b"altered")
    assert not work.is_made(folder, "a")


def test_an_unexpected_failure_does_not_tell_its_message():
    def stumble():
        raise ValueError("answer of 010101-1234")

    outcome = work._told("x", stumble)
    assert (outcome.status, "010101" in outcome.reason) == (work.FAILED, False)
    assert outcome.reason.startswith("ValueError (test_batch.py:")


def test_an_order_travels_as_plain_values(register):
    order = work.Order.of(register)
    again = dataclasses.replace(order).params()
    assert again.to_plain() == register.to_plain()
    assert again.root.samefile(register.root)


def test_the_index_links_what_is_made_and_says_why_the_rest_is_not(register, tmp_path):
    folder = tmp_path / "ishoej"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(results.as_json({"params": register.to_plain()}))
    outcomes = [work.Outcome("ishoej", work.MADE), work.Outcome("bad", work.REFUSED, "no <answers> from 'x'")]
    page = index.write(outcomes, tmp_path).read_text(encoding="utf-8")
    assert page.count('href="ishoej/report.html"') == 2  # on the map and in the list
    assert "no &lt;answers&gt; from &#39;x&#39;" in page
    assert page.count("ingen rapport") == 97


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
def test_the_preloaded_parent_is_used_where_it_can_be(monkeypatch):
    from jobreport import kernel, provisioner

    monkeypatch.setattr(provisioner, "POSSIBLE", False)
    config = kernel._config(None or kernel.Path("x"), {}, preloaded=True)
    assert config.PrivateKernelManager.preloaded is False


def test_nothing_is_running_when_all_is_done_though_some_were_refused_before_they_were_planned(tmp_path):
    follower = Follower(tmp_path / "batch.log", workers=2)
    follower.planned(1)
    follower.done(Outcome("unreadable", work.REFUSED, "why"))
    follower.planned(3)
    follower.done(Outcome("good", work.MADE))
    assert "2 i gang" in follower._bar.tasks[0].description
    follower.done(Outcome("empty", work.REFUSED, "why"))
    follower.done(Outcome("other", work.MADE))
    assert "0 i gang, 2 mislykkede" in follower._bar.tasks[0].description
