"""A run while it goes on: how far it is, how long still, on the terminal and on a page."""
