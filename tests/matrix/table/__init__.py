"""The routes, feature by feature."""
