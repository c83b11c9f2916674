"""Programmes, states, agencies and the people who work in them."""

from agencies.models.accounts import Invitation, Membership, User
from agencies.models.imports import SheetImport, SheetRow
from agencies.models.lifecycle import LifeCycle, Transition
from agencies.models.programmes import Agency, DataSource, Participation, Phase, Programme, State, Target, Topic
from agencies.models.texts import TextBlock

__all__ = [
    "Agency",
    "DataSource",
    "Invitation",
    "LifeCycle",
    "Membership",
    "Participation",
    "Phase",
    "Programme",
    "SheetImport",
    "SheetRow",
    "State",
    "Target",
    "TextBlock",
    "Topic",
    "Transition",
    "User",
]
