"""How programs are started, spoken to, and never left behind."""
