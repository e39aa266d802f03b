"""Signing in through an outside identity: WeChat, Alipay, the electronic social-security card.

An outside identity opens nothing by itself. It becomes a way to sign in only after a candidate who has signed in
otherwise, and who is bound to a person, has linked it. `adapters/` speaks with the providers; nothing that they know
of a person is kept but a keyed hash of how they call them.
"""
