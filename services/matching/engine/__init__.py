"""The best round, and its proof.

    given ── pool ──► bits and numbers, sorted by id
             pairing ► every permitted pair with its score (gates first, then scores)
             model ──► PuLP states the round; a solver finds an optimum and its prices
             stages ─► most pairs, then each floor, then the best score
             certificate ► the bounds those prices prove
             blocking ► why somebody is left out
    solve ── all of the above, one call

`verifier` and `proof` check a round from its input alone: they import no solver, and share with
the rest only `pool` and `pairing`, which say who may meet whom and how well they fit.
"""
