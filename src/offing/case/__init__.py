"""The case folder: what the analyst wrote, what was found, and the record of both."""
