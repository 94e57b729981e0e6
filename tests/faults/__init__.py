"""Faults from outside: what was acknowledged must still be there, once."""
