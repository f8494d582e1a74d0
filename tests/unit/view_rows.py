"""Hand-made released rows for the tests of wording, figures and tables."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import Row, Searched, rows
from jobreport.setup.codebook import Codebook, Group, Indicator, Question, Scale
from jobreport.setup.params_model import Params
from jobreport.wording.texts import read_texts
from jobreport.wording.writer import Writer

SECTIONS = (
    *("survey", "priorities", "register", "education"),
    *("benchmarks", "claims", "event", "response", "comparison", "others", "mix", "funnel"),
)
EVENT = {
    "event": "ishoej_2022",
    "label": {"da": "Ishøj forlader jobcentret", "en": "Ishøj leaves the jobcentre"},
    "date": "2022-01-01",
    "treated": ["183"],
    "exposed": ["187"],
}
SERIES = {
    "series": "unemployment",
    "file": "unemployment.csv",
    "label": {"da": "Ledighed", "en": "Unemployment"},
    "in_sentence": {"da": "ledigheden", "en": "unemployment"},
    "unit": "pct_of_labour_force",
    "source": "Danmarks Statistik",
    "before": ["2021"],
    "after": ["2022"],
}
SATISFACTION = Scale(
    "tilfredshed",
    {
        "da": ("Meget utilfreds", "Utilfreds", "Hverken-eller", "Tilfreds", "Meget tilfreds"),
        "en": ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"),
    },
    positive=2,
    negative=2,
)
DEGREE = Scale("grad", {"da": ("Slet ikke", "Lav", "Nogen", "Høj", "Meget høj")}, positive=2, negative=2)


IN_SENTENCE = {"trust_met": "at blive mødt med tillid", "trust_listened": "at blive lyttet til"}


def question(name: str, scale: Scale) -> Question:
    wording = {"da": f"Spørgsmål om {name}", "en": f"Question on {name}"}
    named = {"in_sentence": {"da": IN_SENTENCE[name]}} if name in IN_SENTENCE else {}
    return Question(name, wording, scale, {"da": ("Ved ikke",)}, **named)


def indicator(name: str, label: str, in_sentence: str, *items: Question) -> Indicator:
    return Indicator(name, {"da": label}, items, in_sentence={"da": in_sentence})


CODEBOOK = Codebook(
    (
        indicator("satisfaction", "Tilfredshed", "tilfredsheden", question("satisfaction", SATISFACTION)),
        indicator("trust", "Tillid", "tilliden", *(question(f"trust_{k}", DEGREE) for k in ("met", "listened"))),
        indicator("meaning", "Mening", "meningen med aktiviteterne", question("meaning", DEGREE)),
    ),
    {"gender": Group("gender", {"da": "Køn", "en": "Gender"}, {"k": {"da": "Kvinder"}, "m": {"da": "Mænd"}})},
)


def labels(language: str = "da", *, with_codebook: bool = True, **params: object) -> Writer:
    given = {"name": "test", "municipality_code": "183", "events": [EVENT], "registers": [SERIES]} | params
    return Writer(read_texts(language), Params.model_validate(given), CODEBOOK if with_codebook else Codebook())


def estimate(**cells: object) -> dict[str, object]:
    row = {
        "indicator": "satisfaction",
        "measure": "share",
        "category": "positive",
        "unit": "share",
        "municipality_code": "183",
        "wave": "2021",
        "group_by": "",
        "group": "",
        "n_invited": 400,
        "n_answered": 155,
        "n": 150,
        "estimate": 0.594,
        "ci_low": 0.51,
        "ci_high": 0.67,
        "flag": "",
        "reason": "",
        "simulated": False,
    }
    return row | cells


def change(**cells: object) -> dict[str, object]:
    row = {
        "event": "ishoej_2022",
        "indicator": "satisfaction",
        "measure": "share",
        "category": "positive",
        "unit": "share",
        "municipality_code": "183",
        "role": "treated",
        "group_by": "",
        "group": "",
        "method": "change",
        "adjustment": "",
        "specification": "",
        "scale": "points",
        "wave_before": "2021",
        "wave_after": "2022",
        "n_before": 150,
        "n_after": 152,
        "n_comparison": None,
        "change": 0.05,
        "ci_low": 0.01,
        "ci_high": 0.09,
        "p_smallest_possible": None,
        "rank": None,
        "detectable_change": None,
        "wording_level": "",
        "flag": "",
        "reason": "",
        "simulated": False,
    }
    return row | cells


def diagnostic(**cells: object) -> dict[str, object]:
    row = {
        "diagnostic": "funnel", "indicator": "satisfaction", "measure": "standardised", "category": "positive",
        "unit": "share", "municipality_code": "183", "wave": "2022", "group_by": "", "group": "", "value": 0.6,
        "ci_low": None, "ci_high": None, "n": 150, "p_value": None, "p_adjusted": None, "flag": "", "reason": "",
        "simulated": False,
    }  # fmt: skip
    return row | cells


def frame(*given: dict[str, object]) -> pd.DataFrame:
    return Searched(pd.DataFrame(list(given)))


def row(table: str, cells: dict[str, object]) -> Row:
    return rows(frame(cells), table)[0]


def register_estimates() -> pd.DataFrame:
    """Ishøj, Vallensbæk, the country and two others in 2020–2022."""
    levels = {"183": (7.0, 6.41, 4.60), "187": (4.0, 3.82, 2.40), "000": (4.5, 3.617, 2.525), "101": (5.0, 4.0, 3.1)}
    levels["147"] = (4.4, 3.9, 3.0)
    return frame(
        *(
            estimate(
                indicator="unemployment", measure="register", category="", unit="pct_of_labour_force", n=None,
                municipality_code=code, wave=str(2020 + place), estimate=value, ci_low=None, ci_high=None,
            )
            for code, values in levels.items()
            for place, value in enumerate(values)
        )
    )  # fmt: skip


def register_change(code: str, role: str, scale: str, **cells: object) -> dict[str, object]:
    unit = "pct_of_labour_force" if scale == "points" else "log_points"
    given = {
        "indicator": "unemployment", "measure": "register", "category": "", "unit": unit, "municipality_code": code,
        "role": role, "scale": scale, "ci_low": None, "ci_high": None, "n_before": None, "n_after": None,
    }  # fmt: skip
    return change(**(given | cells))


def effect(
    code: str, scale: str, value: float, low: float, high: float, rank: int, **cells: object
) -> dict[str, object]:
    role = "treated" if code == "183" else "exposed"
    given = {
        "method": "effect", "change": value, "ci_low": low, "ci_high": high, "rank": rank, "n_comparison": 96,
        "p_smallest_possible": 1 / 97, "detectable_change": 0.92, "wording_level": "change",
        "reason": "false_dates=2015,2016;sign_depends_on_choice",
    }  # fmt: skip
    return register_change(code, role, scale, **(given | cells))


FALSE_DATES = (("2015", -0.43, -0.85, -0.01), ("2016", -0.5, -0.98, -0.02), ("2018", 0.1, -0.4, 0.6))


def register_changes(**treated_points: object) -> pd.DataFrame:
    """The changes of Ishøj's unemployment 2021–2022 with the figures of the real case."""
    points = {"183": -1.81, "187": -1.42, "000": -1.092, "101": -0.9, "147": -0.9}
    log = {"183": -0.3318, "187": -0.463, "000": -0.3594, "101": -0.26, "147": -0.26}
    roles = {"183": "treated", "187": "exposed", "000": "country"}
    own = [
        register_change(code, roles.get(code, "comparison"), scale, change=value)
        for scale, values in (("points", points), ("log", log))
        for code, value in values.items()
    ]
    effects = [
        effect("183", "points", -0.79, -1.438, -0.141, 3, **treated_points),
        effect("183", "log", 0.0344, -0.1256, 0.1939, 59),
        effect("187", "points", -0.40, -1.05, 0.25, 15),
        effect("187", "log", -0.099, -0.259, 0.062, 17),
    ]
    dates = [
        effect(
            "183", "points", value, low, high, 9, method="false_date", specification=year,
            wave_before=str(int(year) - 1), wave_after=year, wording_level="", reason="",
        )
        for year, value, low, high in FALSE_DATES
    ]  # fmt: skip
    return frame(*own, *effects, *dates)
