"""Template tags of the portal: the kit's forms and lists, and the sentences of refusals."""
