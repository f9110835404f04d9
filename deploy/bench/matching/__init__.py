"""How fast and how well pairs are made, beside what others would do with the same people.

country ─ everybody of an invented France, from a seed
ways ──── the project's own round and its references, one module each
child ─── one way in a process of its own, so that its time and its memory are its own
measure ─ all the ways, one after the other
report ── what people and programs read
"""
