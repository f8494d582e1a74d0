"""The form's page without a browser: one step at a time, what is said is remembered, and what is missing is named."""

import re
from pathlib import Path

import pytest

from jobreport.desk.form import folder
from jobreport.desk.form.choices import WaveAnswer
from jobreport.desk.form.session import Download
from jobreport.domain.texts import LANGUAGES
from jobreport.setup import params
from tests.unit.desk.test_form import HEADER, LABELS, of_one, of_taarnby, survey, two_waves

pytest.importorskip("ipywidgets")

from jobreport.desk.form import page as pages
from jobreport.desk.form.steps import place

pytestmark = pytest.mark.usefixtures("computed_once")

__all__ = ["of_taarnby"]  # (a fixture)
DATA = Path(__file__).parents[3] / "data"
FILES, QUESTIONS, ROUNDS, ABOUT, CHECK, REPORT = range(6)


@pytest.fixture(autouse=True)
def _comes_back_from_the_folders_of_pages(monkeypatch):
    """A page stands in a folder of its own; of two that are closed in their order the second goes to the first's."""
    monkeypatch.chdir(Path.cwd())


@pytest.fixture
def opened():
    """A function: files to a page that has read them."""
    made = []

    def read(files, language="da"):
        made.append(pages.Page(language))
        made[-1].files.given = files
        made[-1].road.onward()
        return made[-1]

    yield read
    for page in made:
        page.session.close()


def unfold(page):
    """Press what shows the fields that are folded in the open step."""
    shown = list(page.road.box.children)
    while shown:
        widget = shown.pop()
        if getattr(widget, "description", "") in (page.texts["mend"], page.texts["more_head"]):
            widget.click()
        shown += getattr(widget, "children", ())


def say(page, **said):
    """Say something in fields that are shown, or folded and opened first."""
    if any(name.replace("__", ".") not in page.fields._shown for name in said):
        unfold(page)
    for name, value in said.items():
        page.fields._shown[name.replace("__", ".")].value = value


def told(page):
    return re.findall(r"(?s)class=\"sentence\">(.*?)</li>", page.road.said.value)


def walked(page, answers):
    """Press on until the check, and say just what the page asks for; how many things that was."""
    said = 0
    while page.road.at < CHECK:
        at, before = page.road.at, said
        page.road.onward()
        for name in wrong(page) if page.road.at == at else ():
            field = page.fields._shown[name]
            field.value = next((each for begun, each in answers.items() if name.startswith(begun)), True)
            said += 1
        assert page.road.at > at or said > before, page.road.said.value
    return said


def wrong(page):
    """The fields that are marked."""
    return [name for name, field in page.fields._shown.items() if "wrong" in field._dom_classes]


def leads_to(page, field):
    return place(field) in page.road.said.value


@pytest.mark.dear
def test_a_survey_that_is_understood_takes_four_presses_to_the_check(opened):
    page = opened({"svar.csv": survey()})
    assert page.road.at == QUESTIONS
    page.road.onward()
    assert page.road.at == ROUNDS
    say(page, same_person=True, municipality="183")
    page.road.onward()
    page.road.onward()
    assert (page.road.at, "Rapporten kan laves" in page.check.told.value) == (CHECK, True)


@pytest.mark.parametrize(("reached", "said"), [(False, "Intet forlader denne computer"), (True, "og ikke videre")])
def test_where_what_is_added_goes_is_said_as_it_is(opened, monkeypatch, reached, said):
    monkeypatch.setenv(folder.OPEN, "yes") if reached else None
    assert sum(said in str(getattr(child, "value", "")) for child in opened(()).box.children) == 1


def test_what_is_missing_is_said_in_a_sentence_and_led_to(opened):
    page = opened({"svar.csv": survey()})
    page.road.onward()
    page.road.onward()
    assert (page.road.at, told(page), leads_to(page, "municipality")) == (ROUNDS, ["Vælg kommunen."], True)
    say(page, wave__2021__first="31.2.2021", wave__2022__invited="mange", municipality="183")
    page.road.onward()
    assert told(page) == [
        "»31.2.2021« er ikke en dag. Skriv fx 1.3.2024 eller 1. marts 2024.",
        "»mange« er ikke et antal. Skriv et helt tal, fx 1200.",
    ]
    assert leads_to(page, "wave.2021.first")


@pytest.mark.dear
def test_nothing_is_lost_by_going_back_or_by_another_language(opened):
    page = opened({"svar.csv": survey()})
    page.road.onward()
    say(page, same_person=True, municipality="183", wave__2021__first="1. marts 2021", wave__2021__last="30.4.2021")
    page.road.onward()
    say(page, title="Ishøj spørger", about__mode="brev")
    page.road.open(QUESTIONS)
    page.languages.value = "en"
    assert (page.road.at, page.road.reached) == (QUESTIONS, ABOUT)
    page.road.onward()
    choices = page.making.choices()
    assert (choices.title, choices.municipality_code, choices.description["mode"]) == ("Ishøj spørger", "183", "brev")
    assert (choices.waves[0].first, choices.waves[0].last) == ("2021-03-01", "2021-04-30")
    assert page.fields._shown["about.mode"].value == "brev"


@pytest.mark.dear
def test_what_a_check_said_is_old_when_something_is_changed(opened):
    page = opened({"svar.csv": survey()})
    page.road.onward()
    say(page, same_person=True, municipality="183")
    page.road.onward()
    page.road.onward()
    assert page.road.at == CHECK
    page.road.open(ROUNDS)
    say(page, municipality="185")
    assert page.road.reached == CHECK
    assert "Greve" not in page.check.told.value


@pytest.mark.dear
def test_answers_that_no_word_orders_are_ordered_by_a_person_and_the_unknown_is_named(opened):
    answers = ("Blå", "Grøn", "Rød", "Ved ikke")
    page = opened({"svar.csv": survey(cell=lambda n: answers[n % 4])})
    assert page.road.at == QUESTIONS
    page.road.onward()
    assert told(page) == ["Vælg mindst ét spørgsmål til rapporten."]
    (other,) = page.road.steps[QUESTIONS].others
    say(page, **{f"take__{other.name}": True})
    page.road.onward()
    assert len(told(page)) == 2
    page.fields.say(f"order.{other.name}", ["Rød", "Grøn", "Blå"])
    say(page, **{f"positive__{other.name}": 1, f"right__{other.name}": True})
    page.road.onward()
    assert page.road.at == ROUNDS
    say(page, same_person=True, municipality="183")
    page.road.onward()
    page.road.onward()
    assert page.road.at == CHECK, told(page)
    book = (page.session.folder / "params" / "svar-codebook.yml").read_text(encoding="utf-8")
    assert '["Rød", "Grøn", "Blå"]' in book
    assert 'code: "Ved ikke"' in book


def test_another_column_of_the_round_changes_the_rounds_and_is_no_question(opened):
    header = "løbenr;gruppe;kommune;tilfredshed"
    page = opened({"svar.csv": survey(header=header)})
    page.road.onward()
    assert [each.name for each in page.session.rounds()] == [""]
    say(page, wave_from="column:gruppe")
    assert [each.wave for each in page.road.steps[ROUNDS].chosen()] == ["2021", "2022"]
    assert all(each.column.name != "gruppe" for each in page.road.steps[QUESTIONS].others)
    say(page, wave_from="one", municipality="183")
    page.road.onward()
    assert told(page) == ["Skriv, hvad målingen hedder, fx 2024."]
    page.fields._shown["wave..name"].value = "2021"
    page.road.onward()
    assert page.road.at == ABOUT


@pytest.mark.dear
def test_how_many_were_asked_is_typed_and_becomes_the_share_that_answered(opened):
    page = opened({"svar.csv": survey()})
    page.road.onward()
    say(page, same_person=True, municipality="183", wave__2021__invited="1.200")
    page.road.onward()
    page.road.onward()
    assert page.road.at == CHECK
    written = (page.session.folder / "data" / "spurgte.csv").read_text(encoding="utf-8")
    assert written.splitlines()[1:] == ["2021,183,,,1200,30"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_about_other_waves(opened, language):
    page = opened(two_waves(), language)
    questions = page.road.steps[QUESTIONS]
    page.road.onward()
    assert len(told(page)) == 2
    menu = page.fields._shown["elsewhere.satisfaction.2022"]
    assert [label for label, _ in menu.options] == [page.texts["choose"], page.texts["not_asked"], "v7"]
    say(page, elsewhere__satisfaction__2022="v7", elsewhere__meaning__2022="")
    assert questions.of_other_waves() == (
        WaveAnswer("satisfaction", "2022", "v7"), WaveAnswer("meaning", "2022", ""),
    )  # fmt: skip


def test_the_page_asks_who_made_the_survey_and_what_happened(opened):
    page = opened({"svar.csv": survey()})
    _, rounds, about = page.road.steps[QUESTIONS : ABOUT + 1]
    page.road.onward()
    say(page, same_person=True, municipality="183", has_event=True)
    page.road.onward()
    assert told(page) == [
        "Skriv, hvad der skete.", "Skriv den første dag med det nye, fx 1.1.2024.", "Vælg, for hvem det skete.",
    ]  # fmt: skip
    say(page, event__label="Nyt", event__date="1.1.2022", event__treated=("183",))
    say(page, event__outcome="satisfaction index")
    assert rounds.event().outcome == ("satisfaction", "index")
    page.road.onward()
    assert [code for _, code in page.fields._shown["selection"].options] == ["", "all", "random", "other"]
    assert about.evaluated_party() is None
    say(page, did=("nothing",))
    assert about.evaluated_party() == ()
    say(page, did=("payer", "collector"))
    assert about.evaluated_party() == ("payer", "collector")


def test_a_column_that_stops_the_file_is_left_out_by_its_button(opened):
    named = survey(cell=lambda n: f"{LABELS[n % 5]};person{n}@x.dk", header="løbenr;runde;kommune;tilfredshed;Mail")
    page = opened({"svar.csv": named})
    assert page.road.at == FILES
    button = next(each for each in page.files.leaving.children if getattr(each, "description", "").startswith("Udelad"))
    assert "Mail" in button.description
    button.click()
    assert page.road.at == QUESTIONS


@pytest.mark.parametrize("step", [FILES, ABOUT])
def test_the_page_is_never_silent_after_a_failure(opened, step, monkeypatch):
    page = opened({"svar.csv": survey()}) if step else pages.Page("da")
    monkeypatch.setattr(page.session, "receive", lambda *_: 1 / 0)
    monkeypatch.setattr(page.session, "check", lambda *_: 1 / 0)
    page.files.given = {"svar.csv": survey()}
    if step:
        page.road.onward()
        say(page, same_person=True, municipality="183")
        page.road.onward()
    page.road.onward()
    assert "ZeroDivisionError" in page.road.said.value
    page.session.close()


@pytest.mark.dear
def test_fifty_questions_send_no_more_than_a_page_can_take(opened):
    """What is folded is not made until it is opened: each widget is a message to the page, and more are to come."""
    header = ";".join(["løbenr", "kommune", *(f"Hvor tilfreds er du med {n}?" for n in range(50))])
    rows = [f"{n};Ishøj;{';'.join(50 * [LABELS[n % 5]])}" for n in range(40)]
    before = len(pages.ipywidgets.widgets.widget._instances)
    page = opened({"svar.csv": "\r\n".join([header, *rows]).encode("cp1252")})
    assert len(page.road.steps[QUESTIONS].asked) == 50
    assert len(pages.ipywidgets.widgets.widget._instances) - before < 25 * 50


@pytest.mark.dear
def test_the_page_gives_what_was_chosen_to_the_check_and_offers_a_package(opened, of_taarnby):
    page = opened({"svar.csv": of_one("Ishøj", "Tårnby")})
    file = {"name": "t.zip", "content": of_taarnby}
    page.making.about._take((file,))
    assert page.making.choices().packages == {"t.zip": of_taarnby}
    page.session.package = lambda: {"package": Download("prove.zip", "application/zip", of_taarnby)}
    made, link = page.road.steps[REPORT], pages.ipywidgets.HTML()
    page.making.working("", lambda: made._packed(link))
    assert 'download="prove.zip"' in link.value
    assert page.texts["package_done"] in page.road.said.value


def forgotten(page):
    """The page as the browser leaves it: its folder is let go of and not yet deleted."""
    page.session._held.release()
    return page.session.folder.name


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The folder in which a server keeps its sessions."""
    monkeypatch.setenv("JOBREPORT_FORM_FOLDER", str(tmp_path))
    return tmp_path


@pytest.mark.dear
def test_a_page_that_is_loaded_again_goes_on_where_it_was(opened, beside):
    first = opened({"Mine svar.csv": survey()})
    first.road.onward()
    say(first, same_person=True, municipality="183", wave__2021__invited="500")
    first.road.onward()
    say(first, title="Vores", simulated=True)
    name, before = forgotten(first), first.making.choices()
    again = pages.Page("da")
    again.before.value = name
    assert (again.road.at, again.road.reached) == (ABOUT, ABOUT)
    assert again.making.choices() == before
    assert not (beside / name).exists()
    again.session.close()


@pytest.mark.parametrize("name", ["../svar", "jobreport-form-absent", "", "jobreport-form-../x"])
def test_no_other_folder_is_taken_over(opened, beside, name):
    page = pages.Page("da")
    page.before.value = name
    assert page.road.at == FILES
    page.session.close()


def test_a_folder_that_is_in_use_is_not_taken_over(opened, beside, monkeypatch):
    monkeypatch.setattr("jobreport.desk.form.folder.WAIT", 0)
    first, other = opened({"svar.csv": survey()}), pages.Page("da")
    other.before.value = first.session.folder.name
    assert (first.session.folder.exists(), other.road.at) == (True, FILES)
    other.session.close()


def test_what_a_page_leaves_is_kept_for_a_minute_only_where_a_server_deletes_it(beside, monkeypatch):
    kept = pages.Page("da").session
    kept.leave()
    assert kept.folder.exists()
    monkeypatch.delenv("JOBREPORT_FORM_FOLDER")
    gone = pages.Page("da").session
    gone.leave()
    assert not gone.folder.exists()


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.dear
def test_what_is_kept_at_any_step_can_be_brought_back(opened, steps):
    first = opened({"svar.csv": survey(cell=lambda n: (1, 2, 3, 4, 5, 9)[n % 6])})
    say(first, way__satisfaction="turned", label__satisfaction="Tilfreds med os")
    if steps > 1:
        first.road.onward()
        say(first, same_person=True, municipality="183", wave__2021__first="1.3.2021", wave__2021__invited="700")
        say(first, has_event=True)
        say(first, event__label="Nyt", event__date="1.1.2022", event__treated=("183",))
    if steps > 2:
        first.road.onward()
        say(first, title="Vores", about__mode="brev", did=("payer",), selection="all")
    kept = {file.name: file.content for file in first.session.said(first.making.choices()).values()}
    again = pages.Page("da")
    again.files.given = dict(first.files.given)
    again.files._take_book([{"name": name, "content": content} for name, content in kept.items()])
    again.road.onward()
    before, after = vars(first.making.choices()), vars(again.making.choices())
    more = {"carried", *(["columns_confirmed"] if steps > 2 else [])}  # (the rule for small numbers, as it stood)
    assert {key for key, value in after.items() if value != before[key]} == more
    assert not again.session.has_codebook
    again.session.close()


def test_a_link_to_what_is_kept_goes_when_something_is_changed(opened):
    page = opened({"svar.csv": survey()})
    page.road.keeping.button.click()
    assert 'download="svar-codebook.yml"' in page.road.keeping.links.value
    page.road.onward()
    say(page, municipality="183")
    assert page.road.keeping.links.value == ""


CODED = ("kodet.csv", "løbenr;runde;vente;tone\n0;2021;1;0\n".encode("cp1252"))


@pytest.mark.dear
def test_who_publishes_the_report_is_said_in_fields_and_written_as_the_params_have_it(opened):
    page = opened({"svar.csv": survey()})
    page.road.onward()
    say(page, same_person=True, municipality="183")
    page.road.onward()
    page.kept["logo"] = (
        "Vores våben.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9z'/></svg>",
    )
    page.road.open(ABOUT)
    page.road.onward()
    assert wrong(page) == ["sender.name", "sender.logo_text"]
    say(page, sender__name="Ishøj Kommune", sender__logo_text="Byvåben", sender__colour="#ffcc00")
    page.road.onward()
    assert (wrong(page), "#866b00" in told(page)[0]) == (["sender.colour"], True)
    say(page, sender__colour="#14375e")
    page.road.onward()
    assert page.road.at == CHECK, told(page)
    written = params.read(page.session.folder / "params" / "svar.yml").sender
    assert (written.name["da"], written.logo, written.colour) == ("Ishøj Kommune", "logo/Vores våben.svg", "#14375e")


@pytest.mark.dear
def test_units_are_named_and_two_of_one_name_are_one(opened):
    header = "løbenr;runde;kommune;tilfredshed;Team"
    page = opened({"svar.csv": survey(cell=lambda n: f"{LABELS[n % 5]};{'ABC'[n % 3]}", header=header)})
    page.road.onward()
    assert page.fields._shown["unit_from"].options[1][1] == "Team"
    say(
        page, same_person=True, municipality="183", unit_from="Team", unit__B="", unit__A="Hold Øst", unit__C="hold øst"
    )
    page.road.onward()
    assert (told(page), wrong(page)) == (["Skriv, hvad »B« hedder i rapporten."], ["unit.B"])
    say(page, unit__B="Hold Vest")
    reports = [name for name, _ in page.fields._shown["unit_of_report"].options]
    assert reports == ["hele kommunen", "Hold Øst", "Hold Vest"]
    page.road.onward()
    page.session.write(page.making.choices())
    written = params.read(page.session.folder / "params" / "svar.yml")
    assert [(unit.unit, unit.label["da"]) for unit in written.units] == [
        ("hold-oest", "Hold Øst"),
        ("hold-vest", "Hold Vest"),
    ]


def test_a_file_of_comments_that_nothing_ties_to_the_answers_is_refused_in_its_step(opened):
    page = opened({"svar.csv": survey()})
    page.road.onward()
    say(page, municipality="183")
    page.road.onward()
    page.kept["comments"] = ("kodet.csv", b"nr;vente\n1;1\n")
    page.making.about.comments._taken()
    page.road.onward()
    assert (page.road.at, leads_to(page, "comments")) == (ABOUT, True)
    page.kept["comments"] = CODED
    page.making.about.comments._taken()
    page.road.open(ABOUT)
    assert (page.making.about.comments.key, page.making.about.comments.themes) == ("løbenr", ["vente", "tone"])
    page.road.onward()
    assert wrong(page) == ["comments.wording"]


def test_files_beside_the_answers_are_there_when_the_page_is_loaded_again(opened, beside):
    first = opened({"svar.csv": survey()})
    first.kept["comments"] = CODED
    first.road.onward()
    name = forgotten(first)
    again = pages.Page("da")
    again.before.value = name
    assert again.kept == {"comments": CODED}
    again.session.close()


def brought_back(first, change=lambda text: text, **more):
    """A page that is given what another one kept, its codebook and params changed by hand."""
    page = pages.Page("da")
    page.files.given = dict(first.files.given)
    said = {file.name: file.content for file in first.session.said(first.making.choices()).values()}
    changed = {name: change(content.decode()).encode() for name, content in said.items()}
    page.files._take_book([{"name": name, "content": content} for name, content in changed.items()])
    page.road.onward()
    return page


@pytest.fixture
def whole(opened):
    """A page on which everything that the check wants was said."""
    page = opened({"svar.csv": survey(cell=lambda n: f"{LABELS[n % 5]};{'AB'[n // 2 % 2]}", header=f"{HEADER};Team")})
    page.road.onward()
    say(page, same_person=True, municipality="183", unit_from="Team", unit__A="Hold Øst", unit_of_report="A")
    page.road.onward()
    say(page, sender__name="Ishøj Kommune")
    return page


@pytest.mark.dear
def test_a_codebook_that_is_brought_back_can_be_changed_in_every_field(whole):
    page = brought_back(whole)
    choices = page.making.choices()
    assert (choices.units, choices.unit, choices.sender) == (
        {"A": "Hold Øst", "B": "B"},
        "A",
        {"name": "Ishøj Kommune"},
    )
    say(page, label__satisfaction="Glæde")
    page.road.onward()
    say(page, unit__B="Hold Vest")
    page.session.write(page.making.choices())
    book = (page.session.folder / "params" / "svar-codebook.yml").read_text(encoding="utf-8")
    assert 'label: {da: "Glæde"}' in book
    assert [unit.label["da"] for unit in params.read(page.session.folder / "params" / "svar.yml").units][
        1
    ] == "Hold Vest"
    page.session.close()


@pytest.mark.dear
def test_a_codebook_that_was_changed_by_hand_stands_as_it_is_and_is_changed_as_a_text(whole):
    page = brought_back(whole, lambda text: text.replace('en: "Satisfaction"', 'en: "Contentment"'))
    assert page.session.has_codebook
    step = page.road.steps[QUESTIONS]
    step.by_hand.value = step.by_hand.value.replace("positive: 2", "positive: 9")
    page.road.onward()
    assert (page.road.at, len(told(page))) == (QUESTIONS, 1)
    step = page.road.steps[QUESTIONS]
    assert "positive: 9" in step.by_hand.value
    step.by_hand.value = step.by_hand.value.replace("positive: 9", "positive: 1")
    page.road.onward()
    assert page.road.at > QUESTIONS
    page.session.write(page.making.choices())
    book = (page.session.folder / "params" / "svar-codebook.yml").read_text(encoding="utf-8")
    assert ("positive: 1" in book, "Contentment" in book) == (True, True)
    page.session.close()


@pytest.mark.dear
def test_what_has_no_field_is_carried_on_and_what_the_form_cannot_do_is_named(whole):
    stricter = {"suppress_below: 5": "suppress_below: 12", "claims: null": "claims: data/claims.csv"}

    def change(text):
        for old, new in stricter.items():
            text = text.replace(old, new)
        return text

    page = brought_back(whole, change)
    page.session.write(page.making.choices())
    assert params.read(page.session.folder / "params" / "svar.yml").disclosure.suppress_below == 12
    page.road.open(ABOUT)
    assert "claims" in page.road.parts[ABOUT].children[1].value
    page.session.close()


SHIPPED = {"demo/codebook.yml": "demo/responses.parquet"} | {
    f"examples/{n}.yml": f"examples/{n}.csv" for n in ("btu", "kl", "lup", "plejehjem")
}


@pytest.mark.parametrize(
    ("book", "unconfirmed"),
    [
        pytest.param(book, unconfirmed, marks=[pytest.mark.slow] * (unconfirmed and book != "examples/plejehjem.yml"))
        for book in SHIPPED
        for unconfirmed in (False, True)
    ],
)
@pytest.mark.dear
def test_a_codebook_that_somebody_wrote_is_taken_whatever_stands_in_it(book, unconfirmed):
    page, content = pages.Page("da"), (DATA / book).read_bytes()
    page.files.given = {Path(SHIPPED[book]).name: (DATA / SHIPPED[book]).read_bytes()}
    page.files._take_book([{"name": "bog.yml", "content": b"proposal: true\n" * unconfirmed + content}])
    page.road.onward()
    assert (page.road.at, page.session.has_codebook) == (QUESTIONS, not unconfirmed), page.road.said.value
    page.session.close()
