"""Files that come with the program: at the top of the project, and inside the package where it is installed."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
INSIDE = PACKAGE / "shipped"
EXAMPLE = (
    "notebooks/explore.ipynb",
    "notebooks/own-analysis.ipynb",
    "params/ishoej.yml",
    "params/demo.yml",
    "params/kommuner.yml",
    "params/plejehjem.yml",
    "params/params.schema.json",
    "params/codebook.schema.json",
    "data/benchmarks.csv",
    "data/claims.csv",
    "data/jobcentres.csv",
    *(f"data/demo/{name}" for name in ("README.md", "codebook.yml", "invited.csv", "responses.parquet", "truth.csv")),
    "data/examples/plejehjem.csv",
    "data/examples/plejehjem.yml",
    "data/register/README.md",
    *(f"data/register/{name}.csv" for name in ("higher_education", "social_assistance", "unemployment")),
)
"""What both reports of the project are made of, and two notebooks to begin with."""


def shipped(name: str) -> Path:
    """Where a file or folder of the project lies, whatever folder one stands in.

    Examples
    --------
    >>> shipped("params/ishoej.yml").name
    'ishoej.yml'
    """
    return INSIDE / name if INSIDE.is_dir() else PACKAGE.parent / name


def example() -> dict[str, Path]:
    """Name, as seen from a project's folder, and place of every file of the example.

    Examples
    --------
    >>> "data/register/unemployment.csv" in example()
    True
    """
    return {name: shipped(name) for name in EXAMPLE}
