"""Files beside the answers: chosen by a button, and kept under what they are for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets

from jobreport.desk.form import pieces
from jobreport.desk.form.folder import KEPT, plain_name
from jobreport.desk.form.steps import Fields

Uploads = dict[str, tuple[str, bytes]]  # what a file is for -> its name and content


def one_file(
    role: str, endings: str, texts: Mapping[str, str], fields: Fields, kept: Uploads, heard: Callable[[], None]
) -> Any:
    """A button that takes one file, its name below, and a way to do without it again."""
    button, named = fields.show(role, pieces.upload(texts[role], endings)), ipywidgets.HTML()
    without, box = pieces.button(""), ipywidgets.VBox()
    without.add_class("quiet")

    def draw() -> None:
        names = [kept[role][0]] if role in kept else []
        named.value, without.description = pieces.listed(names), texts["without"].format(file="".join(names))
        box.children = [button, named, *([without] if role in kept else [])]

    def changed() -> None:
        draw()
        heard()
        fields.changed()

    def take(files: Sequence[Any]) -> None:
        if files:
            kept[role] = files[0]["name"], bytes(files[0]["content"])
            changed()

    def drop(pressed: object) -> None:
        kept.pop(role, None)
        changed()

    button.observe(lambda change: take(change["new"]), names="value")
    without.on_click(drop)
    draw()
    return box


def laid(folder: Path, role: str, file: tuple[str, bytes]) -> Path:
    """Lay a file in the folder of the session, for a page that is loaded again; return where."""
    path = folder / KEPT / role / plain_name(file[0])
    if not path.is_file() or path.read_bytes() != file[1]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file[1])
    return path
