"""`python app.py` starts the panel; any WSGI server can serve `app` from here instead."""

from sync_panel import create_app
from sync_panel.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

app = create_app()
