"""Authorities, staff and their appointments; persons with their documents and keys; accounts."""
