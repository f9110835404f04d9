"""A round checked from its input alone, by code that shares with the engine only the reading of
people (`pool`) and, for small rounds, of pairs (`pairing`, `sweep`).

    verifier ─► the pairs, one by one, by the domain's own gates and score
        proof ─────► every figure of the certificate
        repricing ─► all pairs priced again, each stage at once: in blocks where they are few, else
                     in one compiled pass (stage_duals, partitions, score_tables, bound_kernel)
"""
