"""What the desk's results pages show, gathered into frozen values: templates show them and decide nothing."""
