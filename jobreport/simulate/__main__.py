"""Write a made-up survey: ``python -m jobreport.simulate --answers 35000 --out data/demo/``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobreport.simulate.answers import COLUMNS, as_exported, chunks, invited, true_values
from jobreport.simulate.country import GROUPS, Country, Design, draw_country

SCHEMA = pa.schema(
    [
        ("respondent_id", pa.int32()),
        ("wave", pa.string()),
        ("municipality_code", pa.string()),
        ("jobcentre_code", pa.string()),
        *((column, pa.int8()) for column in GROUPS),
        ("weight", pa.float64()),
        *((column, pa.int8()) for column in COLUMNS.values()),
        ("simulated", pa.bool_()),
    ]
)


def write(country: Country, folder: Path) -> None:
    """Write responses.parquet, invited.csv and truth.csv; same country, same bytes.

    The bytes of the Parquet file also depend on the version of pyarrow, which it names; its
    contents do not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(folder / "responses.parquet", SCHEMA, compression="zstd") as writer:
        for frame in chunks(country):
            raw = as_exported(frame)
            writer.write_table(pa.Table.from_pandas(raw, SCHEMA, preserve_index=False).replace_schema_metadata())
    _write_csv(invited(country), folder / "invited.csv")
    _write_csv(true_values(country).assign(simulated=True), folder / "truth.csv")


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", float_format="%.6f")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(
        prog="python -m jobreport.simulate",
        description="Write a made-up survey with known truth (responses.parquet, invited.csv, truth.csv).",
    )
    parser.add_argument("--answers", type=int, default=35_000, help="respondents in all (default: 35000)")
    parser.add_argument("--seed", type=int, default=20220101, help="another seed, another country")
    parser.add_argument("--out", type=Path, default=Path("data/demo"), help="folder (default: data/demo)")
    chosen = parser.parse_args(arguments)
    write(draw_country(Design(answers=chosen.answers), chosen.seed), chosen.out)
    sys.stdout.write(f"{chosen.answers} simulated answers in {chosen.out}\n")


if __name__ == "__main__":
    main()
