"""Column generation for rounds whose pairs are too many to list (docs/matching.md, section 7).

solver ─────────► the stages of a round
    warm_start ──────► starting duals, kept or from a sample, and the first columns
    column_pool ─────► pricing over all pairs, as seldom as possible (pricing, candidate_index)
    restricted_master ► the round over the columns as a flow (flow_network, network_simplex,
                       spanning_tree), its duals centred (dual_centering); a linear program
                       where floors overlap (lp_master)
    generation ──────► pricing and master in turn, until no column improves the round
    cardinality_proof ► duals that prove the number of pairs, then read as scores
    variable_fixing ─► PuLP decides among the pairs that the bounds leave free
                       (tie_breaking prefers one of equally good rounds)
"""
