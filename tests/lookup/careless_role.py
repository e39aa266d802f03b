"""The lookup role behind Granian as it would be without a look at its parent: the twin of a test."""

from jinbang.lookup import rsgi

rsgi.end_with_parent = lambda: None
application = rsgi.LookupRole()
