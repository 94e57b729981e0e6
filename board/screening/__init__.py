"""What to do with a submitted text: publish, hold or refuse."""
