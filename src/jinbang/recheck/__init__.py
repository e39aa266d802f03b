"""Anomaly reports; recheck requests and corrections will live here. Results and lookup know nothing of them."""
