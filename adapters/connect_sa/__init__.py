"""Connect SA, the bureau's reseller: client, wire contract and sandbox."""
