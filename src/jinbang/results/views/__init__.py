"""Pages of the results phase. All of them are the desk's: candidates ask `lookup`."""
