"""Exchange: exports and imports workbooks for translators, CSV lists and zip files, with a preview."""
