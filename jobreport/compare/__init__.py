"""`responses` and `register` to `changes`: before and after, beside municipalities without the event.

`register_changes` compares official figures, `survey_changes` answers; both give rows of
`changes` (`jobreport.domain.released`). The comparison itself is `effect.effect`, what may be said of it
`permitted.permitted`.
"""

from jobreport.compare.described import described_changes, described_places
from jobreport.compare.family import families, main_outcome, with_controls, with_holm
from jobreport.compare.levels import NO_COVARIANCES, over_the_years, wave_covariances, window_estimates
from jobreport.compare.permitted import LEVELS, permitted
from jobreport.compare.register import register_changes, register_diagnostics, register_levels
from jobreport.compare.rounds import round_changes
from jobreport.compare.rows import Roles, not_compared, not_computable
from jobreport.compare.survey import survey_changes

__all__ = [
    "LEVELS",
    "NO_COVARIANCES",
    "Roles",
    "described_changes",
    "described_places",
    "families",
    "main_outcome",
    "not_compared",
    "not_computable",
    "over_the_years",
    "permitted",
    "register_changes",
    "register_diagnostics",
    "register_levels",
    "round_changes",
    "survey_changes",
    "wave_covariances",
    "window_estimates",
    "with_controls",
    "with_holm",
]
