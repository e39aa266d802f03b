"""Writes of the results phase: rosters, marks, pass marks, outcomes and releases, one verb and one actor each."""
