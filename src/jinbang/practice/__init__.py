"""Registration of certificates and continuing education will live here, after certification."""
