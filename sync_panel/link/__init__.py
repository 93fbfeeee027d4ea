"""The other servers: asking them, answering them, and checking that both sides agree."""
