"""Exchange: workbooks for translators, CSV lists and zip files, out and in with a preview."""
