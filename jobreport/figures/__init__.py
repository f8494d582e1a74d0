"""Figures: released rows in, display figures out; nothing is computed, nothing is drawn at random.

Every figure brings its words: alt text, caption and source line made from the same rows. Where a figure would
be empty a sentence stands instead.
"""

from jobreport.figures.curve import specification_curve
from jobreport.figures.dots import benchmarks, groups
from jobreport.figures.funnel import funnel
from jobreport.figures.paths import paths
from jobreport.figures.priorities import priority_map
from jobreport.figures.ranks import false_dates, rank_picture
from jobreport.figures.shares import distribution
from jobreport.figures.tiles import tile_map

__all__ = [
    "benchmarks",
    "distribution",
    "false_dates",
    "funnel",
    "groups",
    "paths",
    "priority_map",
    "rank_picture",
    "specification_curve",
    "tile_map",
]
