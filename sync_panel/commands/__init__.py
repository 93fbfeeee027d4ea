"""What the command line can do, one module a subject. Each command takes its arguments and the settings."""
