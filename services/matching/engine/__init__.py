"""The best round, and its proof.

    given ── pool ──────► bits and numbers, sorted by id
             pairing ───► who may meet whom and how well they fit; sweep: every such pair in blocks

    few permitted pairs:     stages ──► PuLP states them all (model), stage after stage
    a whole country:         national ► the same stages, over offers that grow:
             opening ───► prices guessed from a smaller country, a first look (bids)
             outlook ───► all pairs priced, as seldom as possible (shelves, appraisal)
             placement ─► the round over the offers as a flow (layout, simplex), its prices moved to
                          the middle; where floors cross, as a program (modelled)
             growth ────► again and again, until no pair of all could better it
             cover ─────► prices that prove the number of pairs, and read as scores
             deciding ──► PuLP decides among the pairs that survive the proof; of equally good
                          rounds, a whim prefers one (whim)

             certificate ► the bounds those prices prove
             blocking ──► why somebody is left out
    solve ── all of the above, one call

`verifier`, `proof` and `repricing` check a round from its input alone: they import no solver, and
share with the rest only `pool`, `pairing` and `sweep`, which say who may meet whom and how well
they fit. `selection` and `recruiting` answer an establishment and a recruiter from the same pairs
and prices, `open_places` somebody who comes after the round.
"""
