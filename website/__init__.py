"""Public site and the start pages of the portal."""
