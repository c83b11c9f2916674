"""Districts, municipalities, registrations, partnerships, contacts, outreach, twinning."""
