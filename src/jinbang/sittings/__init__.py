"""When, where and for how much: sittings and their exam regions, windows, workdays, sites, fees and notices."""
