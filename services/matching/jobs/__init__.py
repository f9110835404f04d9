"""Holding rounds: asked for in PostgreSQL, solved in a process of their own, checked, published.

rounds ─► workshop ─► solving      (another process: the engine, then its verifier)
   └────► publishing               (portion by portion: who still can be paired, and the facts)
arrivals ─► answering ─► publishing  (whoever comes to a large pool meanwhile, on kept prices)
"""
