"""Jinbang (金榜): examinations from the notice to the certificate. The folders, in order, tell the journey."""
