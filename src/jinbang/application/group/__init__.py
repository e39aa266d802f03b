"""Applying as a group (集体报名): an employer's clerk fills in a sheet, and each person confirms their own row.

An upload submits nothing and registers nobody: a row waits under the blind index of its document until the person whom
the document names signs in and confirms, which begins an ordinary application of theirs, filled in. The clerk sees
their own uploads, masked, and never learns what is on record of anybody.
"""
