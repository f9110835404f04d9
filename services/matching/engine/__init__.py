"""The best round and its proof (docs/matching.md).

    instance ────────► arrays and bit masks of the people, sorted by id
    eligibility ─────► who may meet whom, with what score, block by block
    lexicographic ───► few permitted pairs: PuLP states them all (mip), stage by stage
    column_generation ► many people: the same stages, over columns that pricing adds
    certificate ─────► the bounds that the duals prove, over all pairs (duals)
    waiting_reasons ─► why a mentee has no pair
    solve ───────────► all of the above, one call
    verification ────► the same round, checked from its input alone

`feasible_choices` serves selections, `marginal_value` recruiting and `residual_places` arrivals,
from the same pairs and duals.
"""
