"""What may be examined: programmes, their levels, subjects, eligibility and validity, as dated data with sources."""
