"""Phase plans: templates that are carried out by an agency or a municipality, and what becomes of them."""
