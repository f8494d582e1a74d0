"""A page and a list of the packages in a shared folder: who, which questions, which days, response; no ranking."""

import json
from collections.abc import Sequence
from functools import partial
from importlib import resources
from pathlib import Path

import jinja2

from jobreport.domain import municipalities
from jobreport.domain.texts import texts_of
from jobreport.errors import refuse
from jobreport.intake.checks import comparable, packages
from jobreport.intake.checks.packages import LIST
from jobreport.page import fonts
from jobreport.prepare.gather import of_package, stated

PAGE = "index.html"
texts = partial(texts_of, "gather")


def write(files: Sequence[Path], folder: Path, language: str = "da") -> Path:
    """Write the page and the list of packages that lie in a folder; ``jobreport fetch packages`` reads the list.

    ``folder``: where they lie, and where the page is written.
    """
    read = packages.read_files(files)
    refuse(read.problems, language)
    words = texts(language)["index"]
    rows, listed = [], []
    for each in sorted(read.packages, key=lambda package: municipalities.name(package.code, language)):
        fitted = comparable.fitted(each, of_package(each))
        told = stated(fitted, comparable.stated(fitted), language)
        labels = ", ".join(own.label.get(language, own.name) for own in each.codebook.indicators)
        simulated = words["simulated"] if each.survey.simulated else words["asked"]
        name, file = municipalities.name(each.code, language), Path(each.where).name
        cells = (labels, told["days"], told["n"], told["rate"], told["commissioner"], simulated)
        rows.append({"name": name, "file": file, "cells": cells, "simulated": each.survey.simulated})
        listed.append({"file": file, "sha256": each.sha256})
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = resources.files("jobreport.prepare").joinpath("shelf.html.j2").read_text(encoding="utf-8")
    shown = environment.from_string(template).render(
        language=language, words=words, style=fonts.font_face_css(), rows=rows
    )
    (folder / PAGE).write_text(shown, encoding="utf-8", newline="\n")
    text = json.dumps({"packages": listed}, ensure_ascii=False, indent=1)
    (folder / LIST).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return folder / PAGE
