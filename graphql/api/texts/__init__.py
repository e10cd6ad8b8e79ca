"""Every text the API says, by code, in Portuguese and in English."""
