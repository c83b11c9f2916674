"""Projects, measures, savings and factors, funding, ideas."""
