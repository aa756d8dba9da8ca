"""Names → people: which names belong to one person, over the whole story.

`parts` takes a name apart, `spelling` repairs slips, `grouping` joins forms to entities, `titles` finds whose a title
without a name is.
"""
