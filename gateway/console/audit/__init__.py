"""Who did and saw what, for admins: a page with filters, and a file for spreadsheets."""
