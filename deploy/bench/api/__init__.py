"""How many registrations the HTTP API takes, beside a bare insert by FastAPI and asyncpg.

client ── 32 connections, each sending the next registration once the last is answered
bare ──── the least program that keeps a registration: validated, one insert, 202
measure ─ both, one after the other, in the same servers
"""
