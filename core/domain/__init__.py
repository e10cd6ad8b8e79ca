"""What things are: records, rules, life cycles and errors."""
