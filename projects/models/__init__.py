"""Projects with their measures, the savings behind each tonne, funding and ideas."""

from projects.models.factors import EmissionFactor
from projects.models.funding import FundingApplication, FundingProgramme
from projects.models.idea import Idea
from projects.models.measure import Measure, Saving
from projects.models.project import Project, ProjectLead, ProjectPartner, euro_field, not_negative
from projects.models.public import PublicIdea, PublicProject

__all__ = [
    "EmissionFactor",
    "FundingApplication",
    "FundingProgramme",
    "Idea",
    "Measure",
    "Project",
    "ProjectLead",
    "ProjectPartner",
    "PublicIdea",
    "PublicProject",
    "Saving",
    "euro_field",
    "not_negative",
]
