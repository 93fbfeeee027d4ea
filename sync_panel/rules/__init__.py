"""What is right: plain functions and frozen dataclasses, without clock, files or network."""
