"""Tables: released rows in, display tables out; nothing is computed.

Every share has its base beside it; suppressed and uncertain cells carry a shorthand that a note explains.
"""

from jobreport.tables.comments import CommentTables
from jobreport.tables.earlier import EarlierTables
from jobreport.tables.measured import ChangeTables, SurveyTables
from jobreport.tables.published import PublishedTables
from jobreport.tables.sheet import DataSheet
