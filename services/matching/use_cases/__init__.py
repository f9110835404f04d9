"""What matching does, a file a use case: rounds, pairs, propositions, selections, erasure."""
