"""How many registrations the services take, from a partner's message to the mail received.

sink ────── an SMTP server in a process of its own that notes each mail
publisher ─ a partner that publishes registrations with confirms, in a process of its own
ways ────── Binôme's four services, and references that do less, each in the same servers
load ────── one group of registrations, followed to the last mail
row, report what people and programs read
"""
