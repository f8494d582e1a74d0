"""A made-up country whose true values are known, for demonstration and for tests.

No recurring Danish survey of jobcentres has public microdata, so the demonstration report runs on
this country, and says so on every page. Nothing in the product imports this package.

The truth, as shipped in ``data/demo`` (seed 20220101, 35,000 answers)
----------------------------------------------------------------------
* 44 municipalities, as many as in KL's round of April 2024; *which* 44 is an arbitrary choice (KL's
  list was not used), except that Ishøj (183) and Vallensbæk (187) are among them. Six half-year waves,
  2020-2 to 2023-1; three before and three after 2022-01-01.
* Without the changes below the whole country's true shares, all waves together, are exactly the
  published ones: satisfied 59, neither 21, dissatisfied 20 pct.; trust items 62, 59 and 58 pct.
  positive (published: "about 60"); meaning 44, some degree 28, low or none 28 pct. How a box splits
  into its two answers is assumed.
* Ishøj from 2022-1: satisfaction **+8** percentage points, each trust item **+5**, meaning **0**.
* Vallensbæk from 2022-1: satisfaction **−5**, trust 0, meaning **−4**.
* Randers (730) from 2022-1: nothing changes in any benefit group, but 25 percentage points more of
  its citizens are aktivitetsparate. Its unadjusted satisfaction falls; mix-adjusted it does not.
* A change of "+8" is the mean over the waves after of the true share with the change minus the true
  share without it. On top of that every municipality has its own level (normal, sd 0.15 on the latent
  scale, about 6 points) and its own shock in every wave (sd 0.08, about 3 points), so Ishøj's true
  share does not move by exactly 8 points from before to after: ``truth.csv`` holds where it stood.
* Aktivitetsparate lie 0.62 latent units (about 24 points) below dagpenge and answer "ved ikke" twice
  as often. The young, men and aktivitetsparate answer the survey less often; 38.8 pct. of those
  invited answer. Weights are the inverse of the true probability of answering.
* One respondent in five answers again in the next wave; the half of what a person's answers share
  stays with the person.

The model
---------
Respondent i of cell c (benefit group × age × gender) in municipality m and wave t has for item k the
latent value ``eta[m, t, c, k] + e`` with e standard normal, and gives answer j when it falls between
two cut points: an ordered probit. A respondent's e are correlated between items and, for those who
answer twice, between waves; each e alone is standard normal, so the true share of a domain is a sum
of normal probabilities over its cells and is computed without drawing anything
(`jobreport.simulate.answers`).

Sources of the calibrated figures: Marselisborg Consulting in KL's Momentum 2023 (shares); KL,
tværkommunal borgerundersøgelse, April 2024 (44 municipalities, response 38.8 pct.).
"""

from jobreport.simulate.answers import as_exported, invited, responses, true_effects, true_values
from jobreport.simulate.country import Country, Design, draw_country

__all__ = ("Country", "Design", "as_exported", "draw_country", "invited", "responses", "true_effects", "true_values")
