"""Registration: people come in here, and their contact data never leaves but when it is needed.

Subscribes to what becomes of pairs and messages, so that `/demande/{token}` can tell where a
request stands: message.sent, pair.proposed, pair.released, pair.confirmed, pair.introduced,
meeting.confirmed, engagement.renewed, engagement.ended. Partners write to it on
`registration.partners`.

Emits mentee.registered, mentor.registered, registration.repeated, consent.asked, request.routed,
request.confirmed, signin.asked. Answers `registration.contact`.
"""
