"""Developer tooling: a complete Odoo 19 in the git-ignored folder `.odoo/`."""
