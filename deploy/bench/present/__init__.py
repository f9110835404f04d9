"""People and requests that are there before a benchmark begins, as so many real requests leave
them.

A first group registers by the real way. Every row that came of it, in every table of every
service, is then copied by set statements under other ids, the same ones in all databases, so that
whatever refers to a person, a request or a message still does. Identities are not copied: each is
another invented person, sealed under a key of their own and found by marks of their own, by the
product's own vault. Times are the first group's: as if all had come the same day.

catalogue ── tables, columns and references of a database
cloning ──── rows under other ids
identities ─ sealed people
fill ─────── all databases
"""
