"""Release-day query over a sealed snapshot. The hot path knows neither Django nor a database."""
