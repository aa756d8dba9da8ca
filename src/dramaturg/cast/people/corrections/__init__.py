"""The user's corrections of people: one module for each question that `cast` asks, each returning its answer.

`stated` lays the corrections out, `names` regroups names, `placing` assigns nouns and single names, `narration` names
the narrator, `fixed` fixes speakers, addressees and pronouns. `lookup` finds the person that a name means.
"""
