"""Programmes, states, agencies, memberships, roles and the permission table, targets, text blocks."""
