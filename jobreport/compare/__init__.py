"""`responses` and `register` to `changes`: before and after, beside municipalities without the event.

`register.Official` compares official figures, `survey.survey_changes` answers; both give rows of
`changes` (`jobreport.domain.released`). The comparison itself is `effect.effects`, what may be said of it
`permitted.permitted`.
"""
