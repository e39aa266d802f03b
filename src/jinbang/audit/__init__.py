"""Who did what, to what, from which state to which, why and when. Append-only; every later phase writes here."""
