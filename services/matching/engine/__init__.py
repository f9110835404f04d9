"""The best round, and its proof.

    given ── pool ──────► bits and numbers, sorted by id
             pairing ───► who may meet whom and how well they fit; sweep: every such pair in blocks
             stages ────► few permitted pairs: PuLP states them all (model, solver), stage by stage
             country ───► a whole country: the same stages, over offers that grow
             certificate ► the bounds that the prices found prove, over all pairs (pricing)
             blocking ──► why somebody is left out
    solve ── all of the above, one call
    check ── the same round, checked from its input alone

`selection` answers an establishment, `recruiting` a recruiter, `open_places` somebody who comes
after the round, from the same pairs and prices.
"""
