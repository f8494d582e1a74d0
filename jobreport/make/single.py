"""One params file to one finished report: check, compute, and have it written."""

import importlib
import os
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path

from jobreport.domain.texts import Words, texts_of
from jobreport.errors import speaking
from jobreport.intake import checks
from jobreport.intake.formats.key import Key
from jobreport.make import exchange, fingerprint, parent
from jobreport.make.beside import beside, give_back
from jobreport.release.computation import hiding
from jobreport.release.growth import few_since
from jobreport.release.surveyed import Later, Tables, in_turn
from jobreport.report.results import compute
from jobreport.setup.params import Params

WRITING = "jobreport.make.writing"
BOTH = ("statsmodels.stats.proportion",)  # what computing and drawing use alike
OF_A_SURVEY = ("pingouin", "statsmodels.multivariate.factor")
"""What computing needs beside; what draws is imported by the kernels' parent alone, and what writes after this."""
HELD_TWICE = 20_000_000  # bytes of files: some two million answers as Parquet
Progress = Callable[[str], None]


def steps(language: str) -> Words:
    """Return what is told while a report is made: 'read', 'compute', 'notebook', 'export'."""
    told: Words = texts_of("phrases", language)["step"]
    return told


def run(
    params_path: Path,
    out: Path | None = None,
    language: str | None = None,
    progress: Progress = print,
    *,
    more: Collection[str] = (),
    previous: str | None = None,
) -> Path:
    """Make a report.

    Parameters
    ----------
    params_path : Path
        The params file.
    out : Path, optional
        Folder to write to; the default is ``outputs/<name>`` of the project folder, with ``-en`` or ``-da`` added when
        ``language`` is not the one the params name.
    language : {'da', 'en'}, optional
        Language of the report; the default is the one the params name.
    progress : callable
        Is told the name of each step as it begins.
    more : collection of {'summary.pdf', 'main.pdf'}
        Shorter forms to make as well.
    previous : str, optional
        Folder of the report before, counted from the project folder; the default is the one the params name.

    Returns
    -------
    Path
        The folder, which is replaced as a whole or not at all.

    Raises
    ------
    InputRefused
        With every problem of the params and the data.
    RunFailed, ExportFailed
        If the notebook stops or cannot be exported; no report appears.
    """
    chosen = checks.read_params(params_path)
    folder = Path(os.path.normpath(out)) if out is not None else chosen.output_folder(language)
    given = {"language": language, "previous": previous}
    chosen = chosen.model_copy(update={key: value for key, value in given.items() if value is not None})
    with speaking(chosen.language):
        return make(chosen, folder, progress, more=more)


def make(
    chosen: Params, folder: Path, progress: Progress, *, more: Collection[str] = (), told_in: str | None = None
) -> Path:
    """Make the report of checked params in a folder, which is replaced as a whole or not at all.

    Its steps are told in ``told_in``, which is the language of the report where nothing else is asked for.
    """
    texts = steps(told_in or chosen.language)
    progress(f"{chosen.name}: {texts['read']}")
    Key(chosen).hold()
    reading = partial(checks.read_inputs, chosen, exchange.in_the_way(folder))
    small = are_small(chosen.resolve(file) for role, file in fingerprint.files(chosen) if role == "survey")
    inputs = beside(reading) if small else reading
    if small:
        parent.prepare((*BOTH, WRITING) if chosen.survey is None else (*BOTH, *OF_A_SURVEY))
    read = inputs()
    progress(texts["compute"])
    if not small:
        give_back()
    results = compute(read, hiding(told_in or chosen.language, progress), _beside if small else in_turn)
    del read, inputs
    if not small:
        give_back()  # (before those who draw and set the report need room)
        parent.prepare()  # (0.2 GB, for which there is no room beside millions of answers)
    from jobreport.make import writing

    def told() -> None:
        below = chosen.disclosure.suppress_below
        for before in {folder, *([chosen.root / chosen.previous] if chosen.previous else [])}:
            if waves := few_since(before, results.released.estimates, below):
                progress(texts["grown"].format(waves=", ".join(waves), folder=before, below=below))

    return writing.write(
        results, folder, progress, more=more, preloaded=parent.prepared(), told_in=told_in, meanwhile=told
    )


def _beside(work: Later) -> Later:
    # Begin some of the computation in a fork; who waits for its result imports what writes the report meanwhile.
    begun = beside(work)

    def result() -> Tables:
        importlib.import_module(WRITING)
        return begun()

    return result


def are_small(files: Iterable[Path]) -> bool:
    """Whether what is made of files may be held twice for a while: by a fork, and here."""
    return sum(path.stat().st_size for path in files if path.is_file()) <= HELD_TWICE
