"""The staff desk of this room: projects with measures and savings, factors, funding and citizens' ideas."""

from projects.admin import funding, ideas, measures, projects

__all__ = ["funding", "ideas", "measures", "projects"]
