"""`fiador import`: customers, leads, prospects and invoices from files."""
