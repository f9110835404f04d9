"""The least program that does one registration's work with the same guarantees, by hand.

    publisher → quorum queue → `register`: validated, kept → quorum queue → `acknowledge`: mailed

Messages are persistent and confirmed; a delivery is acknowledged after its effect is committed and
what follows from it is confirmed. A message that comes again is recognised by its receipt, and
passes its event on again. A mail is intended before and recorded after it is sent: one whose
process died in between is sent again, under the same Message-ID. Every step works on sets: one
statement, one round of confirms for all that wait.

It leaves out what the services must do beside: sealed identities, who may be whom, routing,
contacts asked when a mail leaves, the ledger, quotas, and mails never sent again on a guess.
"""
