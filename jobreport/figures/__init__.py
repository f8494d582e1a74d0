"""Figures: released rows in, display figures out; nothing is computed, nothing is drawn at random.

Every figure brings its words: alt text, caption and source line made from the same rows. Where a figure would
be empty a sentence stands instead.
"""

from jobreport.figures.answer import Answer
from jobreport.figures.dots import Dots
from jobreport.figures.funnel import Funnel, TileMap
from jobreport.figures.multiples import Multiples
from jobreport.figures.paths import Paths
from jobreport.figures.priorities import PriorityMap
from jobreport.figures.ranks import Ranks, SpecificationCurve
from jobreport.figures.response import Response
from jobreport.figures.shares import Distribution
