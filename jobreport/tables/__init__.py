"""Tables: released rows in, display tables out; nothing is computed.

Every share has its base beside it; suppressed and uncertain cells carry a shorthand that a note explains.
"""

from jobreport.tables.changes import effects, register_changes
from jobreport.tables.published import benchmarks, claims
from jobreport.tables.sheet import description, inputs, questions, terms, thresholds, versions
from jobreport.tables.survey import estimates, groups, response

__all__ = [
    "benchmarks",
    "claims",
    "description",
    "effects",
    "estimates",
    "groups",
    "inputs",
    "questions",
    "register_changes",
    "response",
    "terms",
    "thresholds",
    "versions",
]
