"""What other formats call the entity types PER, FAC, GPE, LOC, VEH and ORG."""

from dramaturg.reading import EntityType

WORDS: dict[EntityType, str] = {  # in TEI and CorefUD
    "PER": "person",
    "FAC": "building",
    "GPE": "polity",
    "LOC": "location",
    "VEH": "vehicle",
    "ORG": "organization",
}
SPACY_LABELS: dict[EntityType, str] = {
    "PER": "PERSON",
    "FAC": "FAC",
    "GPE": "GPE",
    "LOC": "LOC",
    "VEH": "PRODUCT",  # spaCy counts vehicles as products
    "ORG": "ORG",
}
