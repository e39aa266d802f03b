"""For the demo and for working on the program on one's own machine: plain HTTP on localhost."""

from config.settings.base import *

JINBANG_MAKE_KEY_RING = True
# Browsers take http://localhost for safe, and so does the check of where a passkey was used: nothing else over HTTP.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = JINBANG_PUBLIC_URL.startswith("http://localhost")
