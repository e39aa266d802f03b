"""Violations and similar answers (违纪违规、雷同): from what was noted to a decision that was served, with a hearing.

A room of its own within results, under 人力资源和社会保障部令第31号: states, rules, rows, reads, writes and pages. What
is undecided withholds the result; what is decided changes marks as its article says, through `basis`.
"""
