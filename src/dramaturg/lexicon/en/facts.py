"""Words by which an English story tells what somebody is."""

from dramaturg.lexicon.language import FactWords


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FACTS = FactWords(
    ages=_words(
        """
        young younger youngest youthful old older oldest elder eldest elderly aged ancient middle-aged teenage
        teen-age teenaged adolescent adult ageless grown grown-up newborn little-old mature venerable immortal
        fortyish thirtyish fiftyish sixtyish twentyish underage
        """
    ),
    age_nouns=_words(
        """
        baby babe infant toddler teenager adolescent youngster schoolboy schoolgirl newborn centenarian octogenarian
        crone hag geezer oldster tween preteen kitten cub pup foal youth boy
        """
    ),
    age_words=_words("age aged"),
    age_units=_words("year years old year-old years-old months month"),
    age_prepositions=_words("at of aged about in"),
    numbers=_words(
        """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
        """
    ),
    small_numbers=_words("one two three 1 2 3"),
    hours=_words("one two three four five six seven eight nine ten eleven twelve 1 2 3 4 5 6 7 8 9 10 11 12"),
    decades=_words("teens twenties thirties forties fifties sixties seventies eighties nineties"),
    measures=_words(
        """
        feet foot inches inch miles mile hours hour minutes minute o'clock dollars dollar pounds pound times cents
        yards
        """
    ),
    idle_ages=_words("old"),
    eyes=_words("eye eyes irises iris pupils pupil gaze orb orbs"),
    hair=_words(
        """
        hair hairs curl curls braid braids locks beard beards mustache moustache mustaches moustaches whiskers mane
        ponytail pigtail pigtails bangs fringe eyebrow eyebrows brow brows bun plait plaits tresses forelock
        sideburns goatee stubble ringlets dreadlocks fur bristles
        """
    ),
    having_parts=_words("haired eyed skinned bearded shouldered legged faced lipped nosed chested bellied jawed"),
    growths=_words("beard beards mustache moustache mustaches moustaches whiskers goatee sideburns"),
    unlike_parts=_words("voice voices fist fists temple temples finger toe"),
    colours=_words(
        """
        black brown blue green gray grey hazel violet amber golden gold silver red yellow white dark light pale fair
        blond blonde auburn chestnut ginger gingery sandy flaxen raven titian ruddy copper coppery jet brunette
        tawny honey russet platinum mousy mouse-colored straw strawberry ash ashen pepper-and-salt salt-and-pepper
        purple pink orange crimson turquoise emerald sapphire steel steely slate iron-gray iron-grey snowy
        snow-white jet-black coal-black dark-brown dark-blue light-brown honey-colored straw-colored sand-colored
        flame-colored
        """
    ),
    eye_adjectives=_words(
        """
        clear big large small little huge tiny round narrow slanting slanted almond almond-shaped deep-set sunken
        protruding bulging bug beady piercing icy watery shadowy multi-lensed clever hooded heavy-lidded close-set
        wide-set keen sharp pop button single glass deep luminous lashless slit liquid moist soulful baby
        """
    ),
    hair_adjectives=_words(
        """
        long short curly straight wavy thin thick bushy heavy sparse shaggy kinky woolly frizzy silky silken
        lustrous glossy grizzled clipped waxed trim trimmed bobbed braided cropped close-cropped graying greying
        whitening rough pointed unruly stringy lank tousled handlebar walrus toothbrush drooping receding fine
        bristling straggly soft crew-cut military handsome flowing matted curling shining vandyke permed dyed
        shoulder-length
        """
    ),
    hair_words=_words(
        """
        blond blonde blonds blondes redhead brunet ravenette bald baldheaded bald-headed balding bearded unbearded
        beardless clean-shaven unshaven redheaded red-headed brunette bewhiskered whiskered moustached mustached
        mustachioed curly-haired shaggy hairless blond-haired graying greying bobbed towheaded
        """
    ),
    part_adjectives=_words(
        """
        square strong pointed hooked aquiline broad bony wrinkled lined scarred freckled tanned swarthy ruddy rosy
        hairless toothless fat plump gaunt lean knobby awkward clawed leathery hairy smooth crooked wooden
        artificial missing stubby slender slim delicate beautiful lovely ugly pretty handsome large big small little
        huge tiny round long short thin thick heavy full massive muscular powerful narrow wide high low flat snub
        sharp beefy beardless stolid fairylike bowed work-roughened claw-like brittle hard soft tusked beast-like
        dead-white white-skinned green dark brown black olive pock-marked pockmarked weather-beaten weathered
        ham-like bull gnarled calloused callused horny webbed scaly furry prominent determined weak receding double
        jutting protruding buck even perfect classic chiseled chiselled angular heart-shaped oval moon horse-like
        hatchet
        """
    ),
    bodies=_words(
        """
        tall taller short shorter bigger smaller stocky fat thin slim slender lean lanky lank stout plump portly chubby
        skinny gaunt bony wiry burly thickset heavyset heavy-set squat broad big little small tiny huge gigantic
        enormous giant massive large petite diminutive handsome pretty beautiful lovely ugly plain homely attractive
        good-looking ruddy rosy tanned swarthy dark freckled scarred wrinkled blind deaf dumb mute lame crippled
        one-eyed one-armed one-legged hunchbacked stooped bent muscular brawny athletic frail feeble weak strong sturdy
        robust sickly delicate square round broad-shouldered long-legged bow-legged toothless furry winged scaly horned
        metallic metal well-dressed elegant graceful gross bulky spare weedy rotund corpulent obese wizened withered
        shrunken shriveled weather-beaten weathered sunburned tan wasted emaciated buxom shapely curvaceous stunning
        gorgeous comely cute striking bulbous gangling gangly ungainly clumsy pregnant paralyzed limping hairy
        undersized outsized towering mighty tough hard-faced red-faced brown-faced white-faced dark-skinned
        """
    ),
    agent_endings=("er", "or", "ist", "ian", "eer", "wright", "smith", "monger", "pilot", "mate", "clerk"),
    no_trades=_words(
        """
        saint whisper number order corner finger shoulder letter paper st st. lady lord mr mrs ms lordship ladyship
        highness majesty excellency humor humour matter temper center centre
        """
    ),
    no_bonds=_words("dear lunatic lover fool idiot crush"),
    no_origins=_words(
        """
        thing creature beast monster devil angel god teddy-bear bear lamb pet machine doll demon fiend spirit being
        entity
        """
    ),
    origins=_words(
        """
        southern northern eastern western midwestern human alien robotic mechanical colored negro elven dwarven
        canine feline foreign native white black martian venusian terran earthly jovian lunar
        """
    ),
    traits=_words(
        """
        kindly honest dishonest loyal faithful brave courageous fearless cowardly timid shy bold humble modest vain
        arrogant haughty conceited selfish unselfish generous stingy miserly greedy lazy idle indolent industrious
        hard-working hardworking diligent ambitious clever smart intelligent brilliant stupid foolish wise shrewd
        cunning sly crafty naive simple-minded absent-minded forgetful cautious reckless impulsive stubborn
        obstinate headstrong strong-willed willful wilful disobedient rebellious rude courteous ill-mannered
        charming witty humorous humorless strict severe harsh cruel ruthless merciless heartless cold-hearted
        warm-hearted soft-hearted good-natured best-natured ill-natured good-hearted kind-hearted bad-tempered
        hot-tempered quick-tempered short-tempered even-tempered irritable sullen gloomy melancholy jolly jovial
        optimistic pessimistic cynical sarcastic sentimental romantic practical pragmatic sensible levelheaded
        level-headed rational imaginative creative artistic poetic religious pious devout superstitious scientific
        educated uneducated illiterate learned scholarly well-read cultured refined vulgar snobbish democratic
        aristocratic rich wealthy penniless famous notorious popular unpopular respected talkative taciturn
        secretive outspoken frank candid truthful deceitful treacherous trustworthy unreliable responsible
        irresponsible conscientious meticulous fussy tidy neat untidy sloppy punctual efficient incompetent
        competent skilled skilful skillful talented gifted athletic sporty eccentric insane neurotic high-strung
        envious gullible trusting tolerant intolerant bigoted prejudiced fanatical aggressive peaceful wicked sinful
        virtuous moral immoral saintly noble ignoble honorable honourable dishonorable chivalrous gallant
        affectionate passionate aloof unfriendly friendly hospitable sociable solitary unsociable domestic maternal
        motherly fatherly childish childlike immature spoiled pampered hardy resourceful adventurous energetic
        telepathic psychic immortal invisible allergic deaf-mute colorblind left-handed teetotal vegetarian
        sophisticated distinguished pompous prim self-satisfied smug sensitive insensitive tactful tactless discreet
        indiscreet gossipy inquisitive curious nosy forgiving vengeful vindictive hypocritical sincere insincere
        bashful coy flirtatious seductive dissipated extravagant thrifty frugal niggardly pigheaded quarrelsome
        argumentative hypercritical fastidious bloodthirsty savage
        """
    ),
    wedding_verbs=_words("marry wed"),
    spouses={"he": "husband", "she": "wife", "": "spouse"},
    habit_adverbs=_words(
        """
        always never usually often seldom rarely frequently regularly generally habitually
        """
    ),
    habit_verbs=_words(
        """
        like love hate detest dislike loathe adore enjoy prefer dread despise own collect smoke resemble lack
        """
    ),
    lasting_verbs={"love": "lover", "adore": "lover", "hate": "enemy", "despise": "enemy", "serve": "servant"},
    work_verbs=_words("work teach study attend"),
    work_prepositions=_words("at for in as"),
    fates_of_subject=_words(
        """
        die perish drown starve marry elope wed retire divorce graduate emigrate survive escape flee vanish disappear
        resign inherit recover surrender desert
        """
    ),
    fates_of_object=_words(
        """
        kill murder shoot slay execute hang drown poison strangle stab behead assassinate wound arrest imprison kidnap
        banish exile marry divorce adopt knight crown crucify cripple blind widow orphan rescue save capture defeat
        destroy obliterate crush maim dismiss expel evict enslave hypnotize possess
        """
    ),
    deaths=_words(
        """
        die kill murder perish drown hang shoot slay execute marry wed poison strangle stab behead suicide
        """
    ),
    fate_adjectives=_words("dead deceased married engaged divorced widowed"),
    verb_endings=(
        ("ied", "y"),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("es", ""),
        ("s", ""),
        ("ing", ""),
        ("ing", "e"),
    ),
    irregular_verbs={
        "shot": "shoot",
        "slew": "slay",
        "slain": "slay",
        "hung": "hang",
        "taught": "teach",
        "dying": "die",
        "stabbed": "stab",
        "stabbing": "stab",
        "kidnapped": "kidnap",
    },
    has_verbs=_words("have has had having wear wore possess"),
    becomes=_words("become remain"),
    copulas=_words("be become look seem appear remain grow feel"),
    origin_verbs=_words("come hail bear live"),
    belonging=_words("my your his her its our their whose"),
    with_words=_words("with"),
    of_words=_words("of to for"),
    from_words=_words("from of in"),
    office_words=_words("of at in to on"),
    as_words=_words("as"),
    indefinite=_words("a an"),
    degrees=_words("too so as more less than"),
    comparisons=_words("as more less than"),
    negations=_words("not n't never no neither nor hardly scarcely nobody none cannot without n’t"),
    conditions=_words("if whether would rather suppose unless could might"),
    hypotheses=_words(
        """
        if would could might may should unless whether perhaps maybe suppose like seem seemed appear wish imagine
        pretend 'd ’d
        """
    ),
    datings=_words("when once since until before while ago"),
    hailed=_words("boy man fellow chap bean thing girl sport friend top lad bird dear buddy pal"),
)
