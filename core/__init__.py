"""The inside of Fiador: what credit protection is and what one can do with it."""
