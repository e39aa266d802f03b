"""SMS, e-mail and the inbox: looks at state changes, tells the person concerned, records that it did.

No earlier phase calls it. Personal data: which person was told which kind of news when. Nothing that was said is
stored: texts are rendered from rows at the moment of sending and of reading.
"""
