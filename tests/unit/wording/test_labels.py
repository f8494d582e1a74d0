"""What things are called: municipalities, questions, boxes of answers, units, events; whatever the file leaves out."""

from dataclasses import replace

import pytest

from jobreport.domain.released import Row
from jobreport.page import Number, plain
from jobreport.setup.codebook import Codebook, Indicator, Question, Scale
from tests.unit import view_rows as made

DANISH, ENGLISH = made.labels(), made.labels("en")
BARE = made.labels(with_codebook=False)


def row(**cells):
    return Row("estimates", "k", {"indicator": "satisfaction", "measure": "share", "category": "positive"} | cells)


def with_codebook(*indicators, **params):
    return replace(made.labels(**params), codebook=Codebook(indicators, {}))


@pytest.mark.parametrize(
    ("code", "danish", "english"),
    [("183", "Ishøj", "Ishøj"), ("000", "Hele landet", "The whole country"), ("101", "København", "København"),
     ("comparison", "Sammenligningskommunerne", "The comparison municipalities")],
)  # fmt: skip
def test_a_place_is_called_by_its_name(code, danish, english):
    assert (DANISH.municipality(code), ENGLISH.municipality(code)) == (danish, english)


def test_of_a_survey_the_country_is_the_answers_it_has_and_of_official_figures_the_country():
    area = DANISH.area
    assert area(row(municipality_code="000")) == "Alle svar"
    assert area(row(municipality_code="000", indicator="unemployment")) == "Hele landet"
    assert area(row(municipality_code="183")) == "Ishøj"


@pytest.mark.parametrize(
    ("name", "short", "subject", "topic"),
    [
        ("satisfaction", "Tilfredshed", "tilfredsheden", "tilfredsheden"),
        ("trust_met", "Spørgsmål om trust_met", "at blive mødt med tillid", "at blive mødt med tillid"),
        ("unemployment", "Ledighed", "ledigheden", "ledigheden"),
        ("unknown", "unknown", "tallet for »unknown«", "»unknown«"),
    ],
)
def test_each_name_has_a_short_form_one_as_subject_and_one_as_topic(name, short, subject, topic):
    assert (DANISH.indicator(name), plain(DANISH.definite(name)), plain(DANISH.about(name))) == (short, subject, topic)


def test_what_has_no_name_for_a_sentence_stands_in_quotation_marks():
    plain_one = Indicator("help", {"da": "Hjælp"}, (made.question("help", made.DEGREE),))
    labels = with_codebook(plain_one, registers=[made.SERIES | {"in_sentence": None}])
    assert plain(labels.definite("help")) == "tallet for »Hjælp«"
    assert plain(labels.about("unemployment")) == "»Ledighed«"
    assert labels.indicator("unemployment") == "Ledighed"


def test_what_people_were_asked_is_quoted_word_for_word():
    assert plain(DANISH.as_asked("satisfaction")) == "Borgerne blev spurgt: »Spørgsmål om satisfaction«"
    both = "»Spørgsmål om trust_met« og »Spørgsmål om trust_listened«"
    assert plain(DANISH.as_asked("trust")) == f"Borgerne blev spurgt: {both}"
    assert plain(DANISH.as_asked("trust_met")) == "Borgerne blev spurgt: »Spørgsmål om trust_met«"
    assert plain(DANISH.as_asked("unknown")) == "Borgerne blev spurgt: "


def test_a_question_is_found_under_its_own_name_and_under_that_of_an_indicator_of_it_alone():
    assert (DANISH.question("trust_met").name, DANISH.question("meaning").name) == ("trust_met", "meaning")
    assert (DANISH.question("trust"), DANISH.question("unknown"), BARE.question("trust")) == (None, None, None)
    alone = with_codebook(Indicator("help", {"da": "Hjælp"}, (made.question("q7", made.DEGREE),)))
    assert (alone.question("help").name, alone.asked("q7").name, alone.asked("nobody")) == ("q7", "q7", None)
    assert (BARE.asked("trust"), BARE.reported, BARE.outcome) == (None, (), "")
    assert (DANISH.reported, DANISH.outcome) == (("satisfaction", "trust", "meaning"), "satisfaction")


def test_why_rounds_may_or_may_not_be_compared_is_said_of_an_indicator_and_of_its_questions():
    trust = replace(made.CODEBOOK.indicators[1], comparable=False, reason="Ny skala i 2022.")
    labels = with_codebook(trust, replace(made.CODEBOOK.indicators[0], reason="Uden dato."))
    bound = Number("Ny skala i 2022", "params", "codebook.trust.reason", "value")
    assert labels.reason("trust") == labels.reason("trust_met") == (bound, ".")
    assert labels.reason("satisfaction") == ("Uden dato", ".")
    assert labels.reason("meaning") == BARE.reason("trust") == DANISH.reason("trust") == ()
    known = [labels.comparable(name) for name in ("trust", "trust_listened", "satisfaction", "unknown")]
    assert known == [False, False, True, True]
    assert BARE.comparable("trust")


# ---------------------------------------------------------------- what an indicator is told by


TABLE = {"survey": {"file": "a.csv", "codebook": "b.yml", "aggregates": True, "waves": []}}
ANSWERS = {"survey": {"file": "a.csv", "codebook": "b.yml", "waves": []}}


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({("share", "positive"), ("mean", "")}, ("share", "positive")),
        ({("mean", ""), ("share", "negative")}, ("mean", "")),
        ({("share", "negative"), ("share", "neutral")}, ("share", "negative")),
        ({("share", "neutral"), ("index", "")}, ("share", "neutral")),
        ({("index", ""), ("dont_know", "")}, ("index", "")),
        ({("dont_know", ""), ("share", "answer_2")}, ("share", "answer_2")),
        ({("share", "answer_3"), ("share", "answer_2")}, ("share", "answer_2")),
        ({("dont_know", "")}, ("dont_know", "")),
    ],
)
def test_of_a_table_what_is_told_is_what_it_has_that_says_most(held, told):
    labels = replace(made.labels(**TABLE), held={"satisfaction": frozenset(held)})
    assert labels.main_measure("satisfaction") == told
    assert labels.told_by("satisfaction") == {"indicator": "satisfaction", "measure": told[0], "category": told[1]}
    assert labels.main_measure("unemployment") == ("register", "")
    assert (labels.main_measure("trust"), labels.main_measure("unknown")) == (("index", ""), ("share", "positive"))


def test_an_index_needs_persons_so_of_a_table_its_questions_are_told():
    table, answers = made.labels(**TABLE), made.labels(**ANSWERS)
    assert [table.without_index(name) for name in ("trust", "satisfaction")] == [True, False]
    assert not answers.without_index("trust")
    assert not replace(table, held={"trust": frozenset({("index", "")})}).without_index("trust")
    assert table.questions_told() == ("satisfaction", "trust_met", "trust_listened", "meaning")
    assert answers.questions_told() == ("satisfaction", "trust", "meaning")
    assert BARE.questions_told() == ()


def test_what_a_table_gave_in_its_latest_round_is_what_it_holds_of_the_municipality():
    rows = made.frame(
        made.estimate(wave="2022", measure="mean", category=""),
        made.estimate(wave="2022", category="negative"),
        made.estimate(wave="2021"),
        made.estimate(wave="2023", municipality_code="187"),
        made.estimate(wave="2023", group_by="gender", group="k"),
        made.estimate(wave="2023", n=None),
        made.estimate(indicator="meaning", municipality_code="187", flag="suppressed", n=None),
    )
    held = made.labels(**TABLE).holding(rows).held
    assert held["satisfaction"] == {("mean", ""), ("share", "negative")}
    assert held["meaning"] == {("share", "positive")}
    assert made.labels(**ANSWERS).holding(rows).held == {}


# ---------------------------------------------------------------- answers, scales and units


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("positive", "»Tilfreds« eller »Meget tilfreds«"),
        ("neutral", "»Hverken-eller«"),
        ("negative", "»Meget utilfreds« eller »Utilfreds«"),
        ("answer_1", "»Meget utilfreds«"),
        ("answer_5", "»Meget tilfreds«"),
    ],
)
def test_a_box_is_told_by_its_answers(category, words):
    assert DANISH.box(DANISH.question("satisfaction"), category) == words
    share = row(category=category)
    assert plain(DANISH.measure(share)) == f"andelen, der svarer {words},"
    assert plain(DANISH.measure(share, closed=True)) == f"andelen, der svarer {words}"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"measure": "dont_know", "category": ""}, "andelen, der svarer »ved ikke«,"),
        ({"measure": "index", "category": "", "indicator": "trust"}, "indekset for tilliden"),
        ({"measure": "mean", "category": ""}, "gennemsnittet for tilfredsheden (fra 1 til 5)"),
        ({"measure": "register", "category": "", "indicator": "unemployment"}, "ledigheden"),
        ({"indicator": "unknown"}, "tallet for »unknown«"),
    ],
)
def test_what_a_row_measures_stands_in_a_sentence(cells, told):
    assert plain(DANISH.measure(row(**cells))) == told


def test_the_answer_dont_know_closes_a_sentence_without_a_comma():
    assert plain(DANISH.measure(row(measure="dont_know", category=""), closed=True)) == "andelen, der svarer »ved ikke«"


def test_the_ends_of_a_scale_are_bound_to_the_rule_of_five_or_to_the_codebook():
    ten = Scale("ti", {"da": tuple(map(str, range(11)))}, positive=1, negative=1)
    turned = Scale("vendt", {"da": ("3", "2", "1")}, positive=1, negative=1)
    asked = (Question(name, {"da": name}, scale, {}) for name, scale in (("ten", ten), ("turned", turned)))
    labels = with_codebook(*(Indicator(each.name, {"da": each.name}, (each,)) for each in asked))
    assert labels.scale_ends("ten") == {
        "mean_lowest": Number("0", "params", "codebook.ten.lowest", "value"),
        "mean_highest": Number("10", "params", "codebook.ten.highest", "value"),
    }
    turned_round = "gennemsnittet for »turned« (fra 1 til 3, hvor 3 er det mest positive)"
    assert plain(labels.measure(row(indicator="turned", measure="mean", category=""))) == turned_round
    five = {name: (each.text, each.table, each.row) for name, each in BARE.scale_ends("age").items()}
    assert five == {
        "mean_lowest": ("1", "rules", "mean_lowest"), "mean_highest": ("5", "rules", "mean_highest"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "level", "change", "axis"),
    [
        ({"unit": "share"}, "pct.", "procentpoint", "pct."),
        ({"unit": "pct_of_18_66"}, "pct.", "procentpoint", "pct."),
        ({"unit": "procent"}, "pct.", "procentpoint", "pct."),
        ({"unit": "share", "scale": "log"}, "pct.", "pct.", "log"),
        ({"unit": "points_0_100"}, "point", "indekspoint", "indeks"),
        ({"unit": "points_1_7"}, "", "point", "gennemsnit"),
        ({"unit": "personer"}, "personer", "personer", "personer"),
    ],
)
def test_a_unit_is_called_as_the_reader_knows_it(cells, level, change, axis):
    told = row(**cells)
    assert (DANISH.unit(told), DANISH.unit(told, change=True)) == (level, change)
    assert DANISH.axis_unit(told) == axis


def test_a_mean_of_years_is_told_in_years():
    scale = replace(made.DEGREE, unit={"da": "år", "en": "years"})
    labels = with_codebook(Indicator("age", {"da": "Alder"}, (made.question("age", scale),)))
    assert labels.unit(row(indicator="age", unit="points_1_5")) == "år"
    assert labels.unit(row(indicator="age", unit="points_1_5"), change=True) == "år"
    assert labels.unit(row(indicator="age", unit="share")) == "pct."
    assert labels.unit(row(indicator="other", unit="points_1_5"), change=True) == "point"


# ---------------------------------------------------------------- groups and events


def test_groups_are_called_by_their_labels_and_unknown_ones_by_their_key():
    assert (DANISH.group("gender", "k"), DANISH.group("gender", "x"), DANISH.group("age", "k")) == ("Kvinder", "x", "k")
    assert (DANISH.grouping("gender"), DANISH.grouping("age"), BARE.grouping("gender")) == ("Køn", "age", "gender")
    told = DANISH.group_of(row(group_by="age", group="18-29"))
    assert told == Number("18-29", "estimates", "k", "group")
    assert DANISH.group_of(row(group_by="gender", group="m")) == "Mænd"


LATER = made.EVENT | {"event": "later", "label": {"da": "Valg 25", "en": "Election 25"}, "date": "2025-11-18",
                      "treated": ["751"], "exposed": []}  # fmt: skip


def test_an_event_is_named_and_dated_by_its_place_in_the_params():
    labels = made.labels(events=[made.EVENT, LATER])
    assert labels.event() == labels.event("ishoej_2022") == "Ishøj forlader jobcentret"
    assert labels.event("later") == Number("Valg 25", "params", "events.1.label.da", "value")
    assert labels.event_date("later") == Number("18. november 2025", "params", "events.1.date", "value")
    assert labels.event_date() == Number("1. januar 2022", "params", "events.0.date", "value")
    assert labels.event_year("later") == Number("2025", "params", "events.1.date", "value")
    aarhus = made.labels(events=[made.EVENT, LATER], municipality_code="751")
    assert aarhus.event().text == "Valg 25"


def test_those_in_front_are_the_reports_own_and_the_others_of_its_event():
    assert list(DANISH.places()) == [("183", "treated"), ("187", "exposed")]
    assert list(made.labels(municipality_code="187").places()) == [("187", "exposed"), ("183", "treated")]
    assert list(made.labels(municipality_code="751").places()) == [("751", "own")]
    assert list(made.labels(events=[], registers=[]).places()) == [("183", "own")]
    assert list(made.labels(events=[made.EVENT, LATER]).places("later")) == [("183", "own")]


def test_an_event_is_ones_own_where_one_had_part_in_it_and_a_series_of_no_event_has_none():
    education = made.SERIES | {"series": "education", "event": "none"}
    both = {"events": [made.EVENT, LATER], "registers": [made.SERIES | {"event": "ishoej_2022"}, education]}
    own = {code: made.labels(municipality_code=code, **both).own_event() for code in ("183", "187", "751", "101")}
    assert {code: event and event.event for code, event in own.items()} == {
        "183": "ishoej_2022", "187": "ishoej_2022", "751": "later", "101": None,
    }  # fmt: skip
    labels = made.labels(**both)
    assert (labels.own_event("unemployment").event, labels.own_event("education")) == ("ishoej_2022", None)
    assert [labels.series(name)[0] for name in ("unemployment", "education")] == [0, 1]
