"""Funding: applications for the money of funding programmes."""
