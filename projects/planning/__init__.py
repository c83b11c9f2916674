"""How a project is planned: milestones, costs and who pays them, helpers and partners."""
