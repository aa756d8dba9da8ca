"""Who is who: people of the roster who are one person, joined by a learned decision over all the evidence.

“The girl” of a chapter is Nancy, “the stranger” of the first pages Mr. Holt, “Mom” Mrs. Adler. `candidates` lists the
pairs, `features` weighs each, `coreference` says what the encoder takes to be one, `joining` decides.
"""
