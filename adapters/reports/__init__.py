"""Reports as HTML, PDF and spreadsheets."""
