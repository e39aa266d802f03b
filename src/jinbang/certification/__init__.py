"""Post-exam eligibility review, publication for objections and certificates will live here."""
