"""A package, so that one browser serves all of its modules and ends with the last of them."""
