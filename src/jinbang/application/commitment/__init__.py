"""Informed commitment (告知承诺): the candidate vouches for the truth of what is typed, and no evidence is asked first.

A room of its own within the application phase. Its life is `states`, its wording `text`, who may sign is `rules`. A
sample drawn with a seed committed to beforehand is asked for evidence; on a false one two people decide, after the
candidate has been heard. `payment` looks whether money has been paid before it calls `actions.withdraw_commitment`.
"""
