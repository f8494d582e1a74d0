"""What `run` would find out only when it sets the page is said by `check`, for every text that is printed."""

import pandas as pd
import pytest

from jobreport.intake.checks import printable

ARABIC = ["راض جدا", "راض", "لا راض ولا غير راض", "غير راض", "غير راض أبدا", "لا أعرف"]


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("params", "name: own", "name: own\ntitle: 'Rapport 👍'", "title"),
        ("codebook", "label: {da: Ydelse", "label: {da: 'Ydelse 中'", "groups.benefit_group.label"),
        ("codebook", "[Slet ikke,", "['Slet ikke 👎',", "questions.meaning.scale.labels"),
    ],
)
def test_a_letter_that_the_typeface_lacks_is_named_with_its_key(project, file, old, new, key):
    setattr(project, file, getattr(project, file).replace(old, new, 1))
    (problem,) = project.refusal().problems
    assert (problem.key, problem.values["key"]) == ("letters_not_in_typeface", key)
    assert "U+" in problem.text("da")


def test_answers_in_another_alphabet_are_read_where_the_codebook_says_what_they_mean(project, forms):
    codes = dict(zip("12345", ARABIC, strict=False)) | {"8": ARABIC[-1]}
    for row in project.rows:
        row["q2"] = codes.get(row["q2"], row["q2"])
    book = project.codebook
    project.codebook = book.replace("codes: [1, 2, 3, 4, 5]", f"codes: {ARABIC[:5]}").replace(
        "code: 8", f"code: '{ARABIC[-1]}'"
    )
    assert project.codebook != book
    assert (project.read().responses["meaning"] > 0).any()


def test_a_title_without_an_end_is_refused(project):
    project.params = project.params.replace("name: own", f"name: own\ntitle: '{'a' * 32_767}'")
    assert [problem.key for problem in project.refusal().problems] == ["text_too_long"]


def test_every_text_of_a_table_is_looked_at_once():
    frame = pd.DataFrame({"title": ["Måling", "調査"], "n": [1, 2], "url": [None, "https://example.org"]})
    (problem,) = printable.of_table(frame, "b.csv")
    named = ["U+8ABF CJK UNIFIED IDEOGRAPH-8ABF", "U+67FB CJK UNIFIED IDEOGRAPH-67FB"]
    assert problem.values == {"key": "title", "letters": named, "number": 2}


@pytest.mark.parametrize("file", ["params", "codebook"])
def test_a_persons_number_in_a_text_that_is_printed_is_refused_and_not_shown(project, file):
    old, new = {
        "params": ("name: own", "name: own\ntitle: 'Sag 010180-1234'"),
        "codebook": ("label: {da: Ydelse", "label: {da: 'Ydelse 010180 1234'"),
    }[file]
    setattr(project, file, getattr(project, file).replace(old, new, 1))
    refused = project.refusal()
    assert [problem.key for problem in refused.problems] == ["personal_data_in_text"]
    assert "1234" not in refused.text()
