"""A municipality's own file from `init` to a report, and what must never be found in anything it wrote."""

import hashlib
import io
import random
import re
import shutil
import tempfile
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pandas as pd
import pytest

from jobreport.desk import cli
from jobreport.intake import checks
from jobreport.intake.formats import key as key_of_answers
from jobreport.prepare import init
from jobreport.setup import params
from tests.end_to_end.typed import PROJECT, Copy, copied

EXPORTS = PROJECT.parent / "shared" / "reference" / "surveyxact"
PLANTED = ("Planteret", "0101801234", "010180-1234", "planteret@example.dk")
SCHOOLS = ", ".join(f"{school}: '{'183' if school % 2 else '187'}'" for school in range(1, 60))


def filled_in(started: init.Started) -> Path:
    """Answer what `init` asks: confirm the proposals, say where the schools lie, name the municipality."""
    text = started.codebook.read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^open_questions:.*?\n\n", "", text)
    text = re.sub(r"(?m)^fixed:.*\n  municipality_code: null.*\n", "", text)
    text = re.sub(r"\n *proposal: true", "", text).replace("columns: #", "columns:\n  municipality_code: b_1_1\n#", 1)
    text = text.replace("scales:", f"recodes:\n  municipality_code: {{{SCHOOLS}}}\n\nscales:", 1)
    started.codebook.write_text(text, encoding="utf-8")
    text = started.params.read_text(encoding="utf-8").replace("municipality_code: null", "municipality_code: '183'")
    text = text.replace("report_date: null", "report_date: '2020-06-30'").replace("wave: null", "wave: '2020'")
    started.params.write_text(text, encoding="utf-8")
    return started.params


@pytest.mark.dear
def test_both_forms_of_a_real_export_agree_in_every_number(tmp_path):
    """In all that the numbers are computed from; that there are numbers see `test_two_roads`."""
    if not EXPORTS.exists():
        pytest.skip("the real SurveyXact export is not here")
    shutil.copytree(EXPORTS / "semicolon_ansi", tmp_path / "tekst")
    shutil.copy(EXPORTS / "ex_survey2.xlsx", tmp_path / "regneark.xlsx")
    text, sheet = (
        checks.read_inputs(params.read(filled_in(init.start([tmp_path / name], tmp_path))))
        for name in ("tekst", "regneark.xlsx")
    )
    assert text.codebook == sheet.codebook
    assert len(text.responses) > 300
    for table in ("responses", "invited"):
        pd.testing.assert_frame_equal(getattr(text, table), getattr(sheet, table))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A project with one survey of two waves, in which people have written their names."""
    copy = Copy(copied(tmp_path_factory.mktemp("own") / "jobreport"), {})
    labels = [
        "Meget utilfreds",
        "Utilfreds",
        "Hverken tilfreds eller utilfreds",
        "Tilfreds",
        "Meget tilfreds",
        "Ved ikke",
    ]
    drawn = random.Random(1)
    rows = [
        {
            "id": number,
            "runde": "2021" if number < 60 else "2022",
            "kommune": "Ishøj Kommune" if number % 2 else "Tårnby",
            "tilfredshed": drawn.choice(labels),
            "bemærkning": f"Jeg hedder Ulla Planteret {number} og bor i en lang gade ved vandet",
        }
        for number in range(120)
    ]
    pd.DataFrame(rows).to_csv(copy.root / "svar.csv", index=False, sep=";", encoding="cp1252")
    return copy


def confirmed(copy: Copy, name: str) -> None:
    """Confirm what init proposed, as a person would in an editor."""
    book = copy.root / "params" / f"{name}-codebook.yml"
    book.write_text(re.sub(r"\n *proposal: true", "", book.read_text(encoding="utf-8")), encoding="utf-8")
    path = copy.root / "params" / f"{name}.yml"
    text = path.read_text(encoding="utf-8").replace("municipality_code: null", "municipality_code: '183'")
    for wave in ("2021", "2022"):
        text = text.replace(f'"{wave}", from: null, to: null', f"'{wave}', from: '{wave}-03-01', to: '{wave}-04-30'")
    path.write_text(text, encoding="utf-8")


def texts_in(folder: Path) -> str:
    """Everything a folder holds, archives unpacked and PDF pages read."""
    import pypdf

    parts = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        parts.append(path.read_bytes().decode("utf-8", errors="replace"))
        if path.suffix == ".pdf":
            reader = pypdf.PdfReader(path)
            parts += [page.extract_text() for page in reader.pages]
            parts += [part.decode("utf-8", errors="replace") for files in reader.attachments.values() for part in files]
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()]
    return "\n".join(parts)


@pytest.fixture(scope="module")
def begun(own: Copy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, Path, str]:
    """The project after init, check and a person's answers; a temporary folder of its own, and all that was said."""
    own_temporary = tmp_path_factory.mktemp("temporary")
    machine = Copy(own.root, {name: str(own_temporary) for name in ("TMPDIR", "TEMP", "TMP")})
    spoken = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(spoken), redirect_stderr(spoken):
        patched.chdir(own.root)
        patched.setattr(tempfile, "tempdir", str(own_temporary))
        assert cli.main(["init", "svar.csv", "--name", "egne"]) == 0, spoken.getvalue()
        assert cli.main(["check", "params/egne.yml"]) == 2
    assert "forslag er ikke bekræftet" in spoken.getvalue()
    confirmed(own, "egne")
    return machine, own_temporary, spoken.getvalue()


@pytest.fixture(scope="module")
def reported(begun: tuple[Copy, Path, str]) -> str:
    """What was said until the report was made."""
    machine, _, before = begun
    done = machine.run("run", "params/egne.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    return before + done.stdout + done.stderr


@pytest.mark.dear
def test_free_text_and_names_are_found_in_nothing_that_was_written(begun, reported):
    """init, check and run, with a temporary folder of their own that is searched as well."""
    (machine, own_temporary, _), spoken = begun, reported
    written = "".join(texts_in(folder) for folder in (machine.root / "outputs", machine.root / "params", own_temporary))
    assert "Tilfredshed" in written
    assert "bemærkning" in spoken
    assert "Planteret" not in spoken + written


@pytest.mark.dear
def test_no_report_confirms_a_guess_at_the_answers(begun, reported):
    """A checksum of the answers without its key stands nowhere, and the key in no report."""
    root = begun[0].root
    key = (root / "params" / key_of_answers.FILE).read_text(encoding="ascii").strip()
    published = texts_in(root / "outputs")
    assert published.count(key_of_answers.MADE_WITH) > 3  # manifest, page, PDF and what is attached to it
    assert hashlib.sha256((root / "svar.csv").read_bytes()).hexdigest() not in published
    assert key not in published + reported


@pytest.mark.slow
def test_only_who_has_the_key_verifies(begun, reported):
    machine = begun[0]
    key = machine.root / "params" / key_of_answers.FILE
    kept = key.read_bytes()
    assert machine.run("verify", "outputs/egne").stdout.startswith("Identisk")
    try:
        for other in (None, b"0" * 64):
            key.unlink() if other is None else key.write_bytes(other)
            done = machine.run("verify", "outputs/egne")
            assert done.returncode == 2
            assert "få nøglen hos den, der lavede rapporten" in done.stderr
            assert key.exists() == (other is not None)  # none is made by looking
    finally:
        key.write_bytes(kept)


@pytest.mark.parametrize("command", ["init", "check", "run"])
@pytest.mark.dear
def test_personal_data_in_an_unused_column_stop_every_command(begun, tmp_path, command, monkeypatch, capsys):
    own, _, _ = begun
    rows = pd.read_csv(own.root / "svar.csv", sep=";", encoding="cp1252")
    rows["bemærkning"] = "tak for hjælpen"
    rows.loc[7, "bemærkning"] = "mit cpr er 010180-1234"
    rows.loc[9, "bemærkning"] = "skriv til planteret@example.dk"
    rows["ekstra"] = [101801234, *[""] * 119]
    rows.to_csv(own.root / "planted.csv", index=False, sep=";", encoding="utf-8")
    params_file = own.root / "params" / "planted.yml"
    shutil.copy(own.root / "params" / "egne-codebook.yml", own.root / "params" / "planted-codebook.yml")
    text = (own.root / "params" / "egne.yml").read_text(encoding="utf-8")
    params_file.write_text(text.replace("egne", "planted").replace("svar.csv", "planted.csv"), encoding="utf-8")
    monkeypatch.chdir(own.root)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    words = ("init", "planted.csv", "--name", "andre") if command == "init" else (command, "params/planted.yml")
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert "CPR-numre i 1 række" in err
    assert not (own.root / "outputs" / "planted").exists()
    assert not (own.root / "params" / "andre.yml").exists()
    found = out + err + texts_in(own.root / "outputs") + texts_in(tmp_path)
    assert not [planted for planted in PLANTED if planted in found]
