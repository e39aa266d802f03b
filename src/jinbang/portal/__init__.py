"""Home, menus, desk dashboard, problem pages, the command line and rehearsal: the only room that sees every phase."""
