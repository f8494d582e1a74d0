"""How much work a report is, in counts; seconds are measured by reports.py and asserted nowhere."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from jobreport.compare import effect
from jobreport.domain import municipalities
from jobreport.estimate import domains
from jobreport.estimate.sample import Overlap
from jobreport.figures import kept
from jobreport.intake import checks
from jobreport.release import computation, ranges
from jobreport.release.ranges import Ranges
from jobreport.report import results
from jobreport.report.sections import Sections
from jobreport.simulate.__main__ import write
from jobreport.simulate.country import MUNICIPALITIES, Design, draw_country

DEMO = Path(__file__).parents[2] / "params" / "demo.yml"


@pytest.fixture(scope="module")
def inputs():
    """The simulated survey of 44 municipalities."""
    return checks.read_inputs(checks.read_params(DEMO))


@pytest.fixture(scope="module")
def work(inputs):
    """Its computation, and how often each of the steps that cost was taken."""
    counts = Counter()

    def counting(owner, name, also=lambda *_: 0):
        real = getattr(owner, name)

        def counted(*arguments, **keywords):
            counts[name] += 1
            counts[f"{name} of"] += also(*arguments)
            return real(*arguments, **keywords)

        patched.setattr(owner, name, counted)

    with pytest.MonkeyPatch.context() as patched:
        counting(effect, "random_effects", lambda changes, _: len(changes))
        counting(domains, "scores_of", lambda values, *_: values.known.size)
        counting(Overlap, "within")
        counting(domains.WaveEstimates, "contrasts")
        counting(Ranges, "_solution")
        computed = computation.compute(inputs, computation.focus(inputs.params))
    return computed.released, counts


@pytest.mark.dear
def test_only_rows_that_somebody_gets_are_finished(inputs, work):
    computed, _ = work
    context = checks.Context(inputs.params, inputs.codebook, inputs.benchmarks, inputs.claims)
    everything = computation.Computation(computed, inputs.files, inputs.dropped, (), ())
    given = results.select(everything, context).released
    assert [len(table) for table in (computed.estimates, computed.changes)] == [
        len(table) for table in (given.estimates, given.changes)
    ]


@pytest.mark.dear
def test_what_is_alike_is_computed_at_once(work):
    """Once there were 2,858 comparisons one by one, 1,758 estimates of waves, 3,062 contrasts of them.

    The changes since the last and the first round came later: 110 estimates of waves and 160 contrasts.
    """
    _, counts = work
    assert counts["random_effects of"] > 2_500
    assert counts["random_effects"] <= 300
    assert counts["scores_of"] <= 270
    assert counts["scores_of of"] <= 4_500_000  # (6,070,890 where groups were estimated of whom nobody is shown them)
    assert counts["within"] <= 8  # (who answered again is put in order once for each grouping, not for each question)
    assert counts["contrasts"] <= 420
    assert counts["_solution"] <= 10  # (28 before exchanges; one question's programs now show the way in the others)


@pytest.mark.dear
def test_what_matplotlib_has_answered_it_is_not_asked_again(inputs, work, monkeypatch):
    """Once the two widths of three figures had words measured 597 times and ticks laid out 84 times, 48 measured."""
    computed, _ = work
    given = results.select(computation.Computation(computed, inputs.files, inputs.dropped, (), ()), inputs.context)
    asked = Counter()

    def counted(name, own):
        return lambda *given, **named: asked.update([name]) or own(*given, **named)

    for owner, name, _, own in kept._OWN:
        monkeypatch.setattr(owner, name, own)  # (it stands here again afterwards)
    monkeypatch.setattr(kept, "_OWN", [(owner, name, keep, counted(name, own)) for owner, name, keep, own in kept._OWN])
    kept._of_words.clear()
    Sections(given).each_indicator()
    assert 0 < asked["_get_layout"] <= 80
    assert 0 < asked["_update_ticks"] <= 35
    assert 0 < asked["_get_ticklabel_bboxes"] <= 30


MOST_PROGRAMS = 120
"""Integer programs that the search for hidden counts may solve here: 80 when this was written, some 5 ms each."""


@pytest.mark.slow
def test_few_answers_of_the_whole_country_take_few_programs(tmp_path, monkeypatch):
    """98 municipalities in six waves with 5,000 answers: most counts are small, and `check` took minutes once."""
    everywhere = tuple(dict.fromkeys((*MUNICIPALITIES, *municipalities.names())))
    write(draw_country(Design(answers=5_000, municipalities=everywhere), seed=20220101), tmp_path)
    params = checks.read_params(DEMO)
    survey = {"file": str(tmp_path / "responses.parquet"), "invited": str(tmp_path / "invited.csv")}
    monkeypatch.setattr(type(params), "inside", lambda *_: True)
    inputs = checks.read_inputs(params.model_copy(update={"survey": params.survey.model_copy(update=survey)}))
    solved, solve = [], ranges._System._milp
    monkeypatch.setattr(ranges._System, "_milp", lambda *given: solved.append(1) or solve(*given))
    computed = computation.compute(inputs, computation.focus(inputs.params)).released
    assert len(inputs.responses) == 5_000
    assert inputs.responses["municipality_code"].nunique() == 98
    assert 0 < computed.estimates["flag"].eq("suppressed").mean() < 1
    assert len(solved) <= MOST_PROGRAMS


IMPORTED = """import sys
from jobreport.make import parent
parent.share()
from jobreport.make import single
for name in (*single.BOTH, *single.OF_A_SURVEY, single.WRITING):
    __import__(name)
missed = [name for name in parent.LEFT_OUT if sys.modules[name] is not None]
stand_ins = {name: type(sys.modules[name]).__module__ for name in (*parent.EMPTY, *parent.WHEN_ASKED)}
missed += [name for name, made_in in stand_ins.items() if made_in != parent.__name__]
missed += [name for name in ("matplotlib", "seaborn", "IPython") if name in sys.modules]
print(len([module for module in sys.modules.values() if module is not None]), *missed)
"""
MOST_MODULES = 1_890
"""What reads, computes and writes: 1,856 when this was written, 750 more with what libraries find and what draws."""


@pytest.mark.dear
def test_a_report_imports_nothing_that_libraries_merely_find():
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    count, *missed = done.stdout.split()
    assert missed == []
    assert 1_000 < int(count) <= MOST_MODULES
