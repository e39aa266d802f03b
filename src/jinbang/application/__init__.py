"""报名: choose, fill in, attach a photo, submit, be reviewed. Nothing here knows about money or seats."""
