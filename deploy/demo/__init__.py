"""The demonstration: invented people register by every real way and go through three months.

Nothing in it reaches into a service: people fill in pages, partners publish messages, a file is
imported, mails are opened and their links followed. Only the result table reads the stores.
"""
