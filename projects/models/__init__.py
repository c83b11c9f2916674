"""Projects with their measures, the savings behind each tonne, funding and ideas."""

from projects.models.factors import EmissionFactor
from projects.models.files import ProjectDocument, ProjectFile, ProjectPhoto
from projects.models.funding import (
    Applicant,
    ApplicationDocument,
    CallWindow,
    FundingApplication,
    FundingProgramme,
    FundingWatch,
)
from projects.models.idea import Idea, IdeaFollow
from projects.models.measure import Measure, MeasureReview, Saving
from projects.models.planning import CostItem, FinancingPart, Milestone, Supporter
from projects.models.project import Project, ProjectLead, ProjectPartner, euro_field, not_negative
from projects.models.public import (
    IdeaCredit,
    ProjectCopy,
    PublicDocument,
    PublicIdea,
    PublicPhoto,
    PublicProject,
    PublicSaving,
)

__all__ = [
    "Applicant",
    "ApplicationDocument",
    "CallWindow",
    "CostItem",
    "EmissionFactor",
    "FinancingPart",
    "FundingApplication",
    "FundingProgramme",
    "FundingWatch",
    "Idea",
    "IdeaCredit",
    "IdeaFollow",
    "Measure",
    "MeasureReview",
    "Milestone",
    "Project",
    "ProjectCopy",
    "ProjectDocument",
    "ProjectFile",
    "ProjectLead",
    "ProjectPartner",
    "ProjectPhoto",
    "PublicDocument",
    "PublicIdea",
    "PublicPhoto",
    "PublicProject",
    "PublicSaving",
    "Saving",
    "Supporter",
    "euro_field",
    "not_negative",
]
