"""The schema's history, for alembic. A new step: `python -m adapters.sql.migrations "what it does"`."""
