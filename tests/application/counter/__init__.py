"""Tests of the registration point's counter."""
