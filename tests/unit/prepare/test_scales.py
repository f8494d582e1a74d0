"""Any scale of answers is put in order by its words and numbers, or left to a person; the order of a file is none."""

import itertools
import random

import pytest

from jobreport.prepare.init.columns import Column
from jobreport.prepare.init.questions import recognise_scale
from jobreport.prepare.init.scales import ordered, outside, unplaced

SCALES = {  # least to most positive, and how many are positive
    "Helt uenig|Delvist uenig|Hverken/eller|Delvist enig|Helt enig": 2,
    "Helt uenig|Overvejende uenig|Hverken enig eller uenig|Overvejende enig|Helt enig": 2,
    "Helt uenig|Uenig|Hverken-eller|Enig|Helt enig": 2,
    "I meget lav grad|I lav grad|I nogen grad|I høj grad|I meget høj grad": 2,
    "Slet ikke|I ringe grad|I nogen grad|I høj grad": 1,
    "Slet ikke|I mindre grad|I nogen grad|I høj grad": 1,
    "Aldrig|Sjældent|Af og til|Ofte|Altid": 2,
    "Nej|Delvist|Ja": 1,
    "Nej, slet ikke|Nej, ikke rigtig|Ja, i nogen grad|Ja, i høj grad": 2,
    "1 - Helt uenig|2 - Uenig|3 - Hverken/eller|4 - Enig|5 - Helt enig": 2,
    "5 - Meget utilfreds|4|3|2|1 - Meget tilfreds": 2,
    "0 - Slet ikke sandsynligt|1|2|3|4|5|6|7|8|9|10 - Meget sandsynligt": 3,
    "Meget utilfreds|Utilfreds|Hverken-eller|Tilfreds|Meget tilfreds": 2,
    "Utilfreds|Delvist tilfreds|Temmelig tilfreds|Meget tilfreds": 3,
    "Ikke tilfreds|Mindre tilfreds|Tilfreds|Meget tilfreds": 2,
    "Meget dårlig|Dårlig|Hverken god eller dårlig|God|Meget god": 2,
    "Meget svært|Svært|Hverken let eller svært|Let|Meget let": 2,
    "Meget utryg|Utryg|Tryg|Meget tryg": 2,
    "Slet ikke|Lidt|Noget|Meget": 1,
    "Very dissatisfied|Dissatisfied|Neither|Satisfied|Very satisfied": 2,
    "Strongly disagree|Somewhat disagree|Neutral|Somewhat agree|Strongly agree": 2,
    "Not at all|To a low degree|To some extent|To a high degree|To a very high degree": 2,
    "Never|Rarely|Sometimes|Often|Always": 2,
    "Poor|Fair|Good|Excellent": 2,
    "Not satisfied at all|Not very satisfied|Fairly satisfied|Very satisfied": 2,
}


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_is_ordered_whatever_order_it_comes_in(scale):
    labels = scale.split("|")
    for seed in range(5):
        shuffled = random.Random(seed).sample(labels, len(labels))
        found = ordered(shuffled)
        assert found is not None
        assert list(found.labels) == labels
        assert found.positive == SCALES[scale]


@pytest.mark.parametrize(
    "answers",
    [
        "Rød|Grøn|Blå", "Dagpenge|Sygedagpenge|Kontanthjælp", "Mand|Kvinde|Andet", "18-29 år|30-49 år|50 år og derover",
        "Under 3 måneder|3-6 måneder|Over 6 måneder", "Ja|Nej", "I lav grad|I mindre grad|I lille grad",
        "1 - Ishøj|2 - Tårnby|3 - Greve", "Helt enig|Enig|Fuldt enig", "Tilfreds|Meget tilfreds|Temmelig tilfreds",
    ],
)  # fmt: skip
def test_what_words_cannot_order_is_left_to_a_person(answers):
    assert ordered(answers.split("|")) is None


@pytest.mark.parametrize("two", list(itertools.combinations(range(5), 2)))
def test_the_answers_that_were_not_understood_are_named(two):
    labels = ["Helt uenig", "Uenig", "Hverken/eller", "Enig", "Helt enig"]
    for place in two:
        labels[place] = f"Kolonne {place}"
    assert unplaced(labels) == [labels[place] for place in two]


def column(labels, coded=False):
    answers = (
        {str(n): label for n, label in enumerate(labels, start=1)} if coded else {label: label for label in labels}
    )
    return Column("q1", "", answers, coded, 90, len(labels), "closed")


@pytest.mark.parametrize("coded", [True, False])
def test_an_order_made_of_words_is_unsure_and_a_known_scale_is_not(coded):
    known = [
        "Meget tilfreds",
        "Tilfreds",
        "Hverken tilfreds eller utilfreds",
        "Utilfreds",
        "Meget utilfreds",
        "Ved ikke",
    ]
    found = recognise_scale(column(known, coded))
    assert found.unsure == ()
    assert [label for _, label, _ in found.outside] == ["Ved ikke"]
    assert found.codes == (tuple("54321") if coded else ())
    own = recognise_scale(column(["Altid", "Ofte", "Aldrig", "Kan ikke svare på det"], coded))
    assert own.unsure == ("ordered",)
    assert own.labels_da == ("Aldrig", "Ofte", "Altid")
    assert own.codes == (tuple("321") if coded else ())
    assert outside("Kan ikke svare på det") == "Cannot say"


def test_a_middle_that_is_not_in_the_file_is_not_made_up_and_an_end_that_nobody_gave_is_named():
    four = recognise_scale(column(["Meget utilfreds", "Utilfreds", "Tilfreds", "Meget tilfreds"]))
    assert len(four.labels_da) == 4
    assert four.unsure
    never = recognise_scale(column(["Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds"]))
    assert len(never.labels_da) == 5
    assert never.unsure == ("absent", "Meget utilfreds")
