"""The law of the project, read from the source itself.

`python -m tests.architecture` (in `make check`) names every place that breaks it. Each rule is a
module with `violations(root)`; the tests beside them plant a violation of each in a copy of the
tree and see it named.
"""
