"""Every route, what each role gets there, and which entry of the log a change leaves.

`table/` has one module a feature; each lists its routes in ENTRIES. `test_matrix.py` asks every route as every role and
compares; `tests/house/test_routes.py` fails when the application has a route that no table lists.
"""
