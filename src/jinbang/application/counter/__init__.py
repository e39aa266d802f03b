"""Applying on site (现场报名): a registration point's counter, in the point's own window.

One page takes everything in one go, from the card reader to the photo. The integrity pledge is printed, signed and
scanned before anything is submitted; from there on an application is like any other, except that a programme may let
the counter, which has seen the originals, approve it at once.
"""
