"""Tests of the kernel: no database, no clock but the one passed in."""
