"""Anomaly reports, recheck requests and corrections will live here; results and lookup know nothing of them."""
