"""The ledger: every choice is sealed into a public chain, from which anybody can recount the ballot.

`lines.py` says what a line is and `merkle.py` how many become one hash; `sealing.py` and `resulting.py` write the
chain, `publishing.py` and `copies.py` read it out, `receipts.py` finds a voter's line in it, `verifying.py` trusts none
of them. The format is told in docs/ledger.md, and why it is so in docs/decisions/0023.
"""
