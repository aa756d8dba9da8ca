"""How speech is introduced in English, and who is addressed in it."""

import re

from dramaturg.lexicon.language import Speech

SPEECH = Speech(
    lists="dramaturg.lexicon.en",
    subject_pronouns=frozenset(
        "he she they i we you it who somebody someone everyone everybody nobody one another both".split()
    ),
    subject_determiners=frozenset(
        "the a an his her my our their your this that these those another old poor little".split()
    ),
    close_subjects=frozenset("I we you We You".split()),
    subject_fillers=frozenset(["the", "both", "all"]),
    tag_conjunctions=frozenset(["and", "then", "so", "but", "as"]),
    tag_helpers=frozenset(
        """
        had only just then again did not didn't didn’t could would was have has at last once also always never soon now
        presently
        """.split()
    ),
    tag_blockers=frozenset("will shall may might must to can should do does is are were".split()),
    tag_titles=tuple("Mr Mrs Ms Dr St Prof Capt Col Rev Hon Lt Sgt Mme Mlle".split()),
    said_so=re.compile(r"\s+(?:so|that|it|this|what|why|how)\b"),
    naming_words=frozenset(
        """
        call called calls calling named termed titled entitled marked labelled labeled nicknamed dubbed christened
        inscribed word words name title phrase
        """.split()
    ),
    writing_verbs=frozenset(
        """
        type types typed typing text texts texted texting write writes wrote writing message messages messaged messaging
        send sends sent sending dm dms dmed email emails emailed mail mailed post posts posted
        """.split()
    ),
    written_things=frozenset("it sign label board plate card note notice".split()),
    address_leads=frozenset("you my dear old poor little good sweet".split()),
    vocative_leads=frozenset(
        """
        o oh ah dear my well yes no but and so now come why then hello hi hey goodbye please thanks sorry
        you poor old good it this that up here there me god sure right okay ok
        """.split()
    ),
    addressing_verbs=frozenset(
        """
        ask asked asking asks tell told telling tells answer answered answering answers address addressed
        addressing addresses assure assured assuring assures beg begged begging begs interrupt interrupted
        interrupting interrupts remind reminded reminding reminds warn warned warning warns urge urged
        urging urges thank thanked thanking thanks inform informed informing informs order ordered ordering
        orders advise advised advising advises greet greeted greeting greets correct corrected correcting
        corrects question questioned questioning questions call called calling calls beseech besought
        beseeching implore implored imploring entreat entreated entreating face faced facing faces stop
        stopped stopping stops comfort comforted comforting comforts
        """.split()
    ),
    addressee_prepositions=frozenset("to at towards toward unto upon on".split()),
    neutral_verbs=frozenset("say ask answer reply respond".split()),
    manner_phrase=re.compile(
        r"(?:\s+|,\s+(?=\w+ly\b|with\b|in\b))(?:[^\W\d_][\w’'-]*\s+){0,3}(?P<last>[^\W\d_][\w’'-]*)"
        r"(?:[.!?…]+\s+|[.,;:!?…—–]*\s*\Z)"
    ),
)
