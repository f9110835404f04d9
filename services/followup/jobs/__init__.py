"""What the clock starts: questions to ask, silences and answers to weigh, terms to close.

A door only keeps an answer; what follows from it is decided here, with the engagement held, so
that answers, deadlines and replicas meet one after the other.
"""
