"""Notification: brings every event that concerns a person to that person, by mail or SMS, once.

Listens to: mentee.registered, mentor.registered, registration.repeated, consent.asked,
request.routed, request.confirmed, signin.asked, answer.asked, pair.released, pair.confirmed,
checkin.asked, alert.raised,
engagement.renewed, engagement.ended.
Emits: message.sent, message.failed, pair.introduced.
"""
