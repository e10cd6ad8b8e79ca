"""The composition root: settings, container, HTTP application, worker and command line."""
