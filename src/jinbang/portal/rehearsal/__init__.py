"""A whole season in compressed time, with synthetic people, through the same actions as the real one.

The demo world, the load test and an authority's dry run before release day are this one tool. Nothing here is a rule:
it only makes up people and files, sets the clock, and calls what the desk and the candidates call.
"""
