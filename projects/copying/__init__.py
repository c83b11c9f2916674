"""Taking up a good idea: a project copied as the template of another one, and how far an idea has spread."""
