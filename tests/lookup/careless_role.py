"""The lookup role behind Granian as it would be without a look at its parent: the twin of a test."""

from jinbang.lookup import rsgi

rsgi.end_with_parent = lambda: None  # type: ignore[attr-defined]  # the point of it: nobody else reaches through it
application = rsgi.LookupRole()
