"""Reviewed word lists: data files that a user can read and edit, loaded into typed tables."""
