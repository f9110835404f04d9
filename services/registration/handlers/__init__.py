"""What registration hears and answers.

`progress`: how far messages and pairs have come. `partners`: registrations that partner systems
send. `contact`: the restricted question who is to be written to.
"""
