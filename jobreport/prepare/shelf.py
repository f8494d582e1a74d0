"""A page and a list of the packages in a shared folder: who, which questions, which days, response; no ranking."""

import json
from collections.abc import Sequence
from functools import partial
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
TEMPLATE = """<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ words.title }}</title>
<style>
{{ style | safe }}
body { font-family: "Source Sans 3", sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1a1a1a; }
a { color: #0b4f71; }
a:focus-visible, .wide:focus-visible { outline: 3px solid #a63d17; outline-offset: 2px; }
.wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8a8a8a; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.made-up { color: #7a1f1f; font-weight: 600; }
.whole { white-space: nowrap; }
@media (max-width: 45rem) {
  thead { display: none; }
  tr, th, td { display: block; border: 0; padding: 0; }
  tr { border-bottom: 1px solid #8a8a8a; padding: .6rem 0; }
  td::before { content: attr(data-name) ": "; color: #4a4a4a; }
  .whole { white-space: normal; }
}
</style>
</head>
<body>
<main>
<h1>{{ words.title }}</h1>
<p>{{ words.intro }}</p>
<div class="wide" role="region" tabindex="0" aria-label="{{ words.title }}">
<table>
<thead><tr>{% for head in words.columns %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row"><a href="{{ row.file | urlencode }}">{{ row.name }}</a></th>
{%- for cell in row.cells %}<td data-name="{{ words.columns[loop.index] }}"
{%- if loop.last and row.simulated %} class="made-up"{% elif loop.index == 2 %} class="whole"{% endif %}>{{ cell }}</td>
{%- endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""
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
    page = environment.from_string(TEMPLATE)
    shown = page.render(language=language, words=words, style=fonts.font_face_css(), rows=rows)
    (folder / PAGE).write_text(shown, encoding="utf-8", newline="\n")
    text = json.dumps({"packages": listed}, ensure_ascii=False, indent=1)
    (folder / LIST).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return folder / PAGE
