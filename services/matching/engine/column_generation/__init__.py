"""The best round of a whole country, over offers that grow until the prices prove it.

    national ─► the stages of a round
        opening ───► prices kept, or guessed from a smaller country; a first look (bids)
        column_pool ───► all pairs priced, as seldom as possible (candidate_index, pricing)
        placement ─► the round over the offers as a flow (layout, simplex, tree), its prices moved
                     to the middle; where floors cross, as a program (modelled)
        growth ────► again and again, until no pair of all could better it
        cover ─────► prices that prove the number of pairs, and read as scores
        deciding ──► PuLP decides among the pairs that survive the proof; of equally good rounds,
                     a tie key prefers one (tie_breaking)

`aim` has the terms that they share.
"""
