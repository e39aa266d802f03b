"""Checking real names and diplomas with whoever keeps them (实名核验, 学历学位核验).

A check never stands in anybody's way: what is not checked yet, has failed or needs a person goes on, and a person is
told why it was sent to them. Later phases read `people.queries.verifications_of`; the worker asks (`actions`).
"""
