"""Wording: labels, number formats and sentences, made from released rows only; Danish and English.

>>> read_texts("en").word("common.not_stated")
'not stated'
"""

from jobreport.wording.basis import Basis, Response
from jobreport.wording.beforehand import Beforehand
from jobreport.wording.compared import Compared
from jobreport.wording.funnels import Funnels
from jobreport.wording.groups import Groups
from jobreport.wording.labels import Labels
from jobreport.wording.levels import Levels
from jobreport.wording.published import Published
from jobreport.wording.register import Register
from jobreport.wording.surroundings import Surroundings
from jobreport.wording.survey import Survey
from jobreport.wording.texts import read_texts
