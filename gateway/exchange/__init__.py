"""Flows on their way in and out: a workbook for translators, an archive for whoever runs another line."""
