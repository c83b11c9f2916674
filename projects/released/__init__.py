"""Released projects as everybody reads them."""
