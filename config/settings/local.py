"""For the demo and for working on the program on one's own machine: plain HTTP on localhost."""

from config.settings.base import *

JINBANG_MAKE_KEY_RING = True
