"""Words by which two places of an English story can be compared."""

import re

from dramaturg.lexicon.language import ContinuityWords


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(text: str) -> dict[str, str]:
    """Lines of “value: word word …” as a table from each word to its value."""
    lines = (line.split(":") for line in text.strip().splitlines())
    return {word: value.strip() for value, words in lines for word in words.split()}


FAMILIES = {
    "black": "black blackest jet raven coal ebony",
    "dark": "dark",
    "brown": "brown brownest chestnut brunette brunet mousy",
    "hazel": "hazel",
    "blue": "blue bluest azure sapphire turquoise",
    "green": "green greenest emerald",
    "grey": "grey gray greyest grayest steel slate steely",
    "blond": "blond blonde blondest flaxen yellow straw towheaded",
    "fair": "fair golden honey sandy",
    "red": "red auburn ginger gingery titian copper coppery ruddy redhaired redhead redheaded russet",
    "white": "white silver silvery snowy",
    "amber": "amber gold",
    "violet": "violet purple",
}
LIKE = (
    "black-brown black-dark brown-amber brown-red brown-dark dark-grey dark-red dark-hazel dark-amber blue-grey "
    "blue-violet green-grey green-blue grey-white fair-white fair-red amber-fair amber-red hazel-brown hazel-green "
    "hazel-amber blond-fair blond-white blond-amber"
)
UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
UNITS += "seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SIGHT = _words("read watched watching peered glanced spotted glimpsed squinted saw")
HEARING = _words("heard overheard listened")
SPEECH = _words("said spoke answered replied shouted whispered asked")
WALKING = _words("walked ran stood jumped danced strode leapt leaped climbed knelt")
KIN = {
    "parent": ("father dad papa", "mother mum mom mama"),
    "child": ("son", "daughter"),
    "sibling": ("brother", "sister"),
    "spouse": ("husband", "wife"),
    "aunt": ("uncle", "aunt"),
    "niece": ("nephew", "niece"),
    "grandparent": ("grandfather", "grandmother"),
    "grandchild": ("grandson", "granddaughter"),
}
ONE_OF_KIN = {
    noun: (relation, gender)
    for relation, both in KIN.items()
    for gender, s in zip("mf", both, strict=True)
    for noun in s.split()
} | {"cousin": ("cousin", "")}
MANY_OF_KIN = (
    {noun + "s": value for noun, value in ONE_OF_KIN.items() if value[0] in ("child", "sibling")}
    | {noun: value for noun, value in ONE_OF_KIN.items() if value[0] in ("child", "sibling")}
    | {
        "children": ("child", ""),
        "siblings": ("sibling", ""),
        "wife": ("spouse", "f"),
        "husband": ("spouse", "m"),
    }
)

CONTINUITY = ContinuityWords(
    eye_nouns=_words("eyes irises"),
    looking={"eyes": _words("eyed"), "hair": _words("haired headed")},
    colour_families={word: family for family, words in FAMILIES.items() for word in words.split()},
    like_colours=frozenset(frozenset(pair.split("-")) for pair in LIKE.split()),
    no_eye_colours=_words("red white dark fair blond"),
    other_hair=_words(
        """
        beard beards moustache moustaches mustache mustaches whiskers brow brows eyebrow eyebrows lashes eyelashes
        sideburns goatee stubble fur bristles fringe bangs
        """
    ),
    portions=_words("one streak streaks strand strands wisp wisps lock patch half some few remaining other left last"),
    hair_of_people=_words("blonde blond brunette brunet redhead redheaded towheaded"),
    bald=_words("bald hairless baldheaded"),
    much_hair=_words("thick curly long wavy bushy braided tangled untidy shaggy luxuriant"),
    changes=_words(
        """
        changed became become grown grew longer formerly once wig disguise disguised contact contacts lenses glass
        painted costume pretend pretended imagined photograph portrait picture until used now
        """
    ),
    formerly=_words("formerly once until used longer former became retired meanwhile"),
    hair_changes=_words(
        """
        dyed dye dyes bleached rinse gone going turned streaked streaks shaved shaven faded powder powdered wig
        prematurely
        """
    ),
    disguises=_words("wig disguise disguised lenses lens costume mask makeup make-up dyed dye bleach"),
    past=_words(
        """
        remembered remember remembers ago earlier since youth childhood boyhood girlhood birthday dreamed dreamt
        born
        """
    ),
    when=_words("when"),
    unreal=_words(
        """
        ghost ghosts spirit spectre phantom dream dreamed dreamt dreams dreaming vision seance haunted imagined nearly
        almost stage rehearsal film heaven afterlife zombie vampire
        resurrected
        risen
        """
    ),
    memories=_words(
        """
        memory memories remembered remembering recalled recall recalling ago earlier reminded flashback
        """
    ),
    remote=_words(
        """
        telephone phone phoned telephoned receiver call called rang ring radio screen voicemail speaker intercom video
        recording tape
        """
    ),
    papers=_words("letter wrote diary message text texted note"),
    supposing=_words("if unless perhaps maybe would could might may suppose supposed supposing like as though whether"),
    had=_words("had 'd"),
    time_units=_table("year: year years\nmonth: month months\nweek: week weeks\nday: day days"),
    time_passing=_words("later after passed afterwards went since on"),
    next_words=_words("next following"),
    one_words=_words("a an one"),
    growing=_words("grown grew older"),
    parts=re.compile(r"\b(?:part|book|epilogue|years)\b", re.IGNORECASE),
    years_old=(["years", "old"], ["year", "old"], ["years", "of"]),
    age_ends=_words("old age"),
    after_ages=_words("now and but when last next that then at in today this already with or years"),
    at_ages=_words("at"),
    many_people=_words("they we you these those there it"),
    dying=_words("died dies perished drowned"),
    killing=_words("killed murdered executed beheaded slain poisoned strangled"),
    burying=_words("buried cremated"),
    dead=_words("dead deceased"),
    not_dying=_words(
        """
        not never almost nearly would could might if thought believed feared laughing laughter away down out said
        drunk tired asleep half sure certain serious wished wanted to hardly
        """
    ),
    reporting=_words(
        """
        told tell tells said says say thought think believed believe heard hear rumour rumor rumours reported report
        feared supposed news claimed swore dreamed imagined wished hoped afraid
        """
    ),
    participles=("ing",),
    bodies_do=_words("lie fall roll hang rest slide sink float bleed remain seem look die live be have drop slump lay"),
    leaving=_words("leave left depart departed quit"),
    rooms=_words(
        """
        room house office building town city village island country shop party kitchen church hospital flat apartment
        home school station camp castle courtroom theatre hotel inn
        """
    ),
    towards=_words("for to"),
    boarding=_words("take took catch caught board boarded"),
    vehicles=_words("train bus ferry boat plane flight coach tram steamer ship"),
    going=_words(
        """
        go went drive drove ride rode sail sailed fly flew walk walked run ran hurry hurried travel travelled traveled
        set stride strode march marched cycle cycled move moved
        """
    ),
    relatives=_words("who"),
    away=_words("away off out abroad"),
    not_leaving=_words("back returned together followed with toward towards window still"),
    senseless=_words("unconscious asleep senseless"),
    alone=_words("alone"),
    in_company=_words("with together among"),
    arriving=_words(
        """
        came come comes back return returned returning arrived arrive entered enter appeared again door gate knock
        knocked bell step steps footsteps joined followed met found behind turned voice woke awoke waking stirred
        reached brought beside climbed hurried rejoined
        """
    ),
    hours=_words(
        """
        later next morning afternoon evening night noon midnight dawn dusk o'clock monday tuesday wednesday thursday
        friday saturday sunday week month year days weeks months years hour hours spring summer autumn winter meanwhile
        """
    ),
    kin=ONE_OF_KIN,
    kin_of_many=MANY_OF_KIN,
    not_by_blood=_words("law step half foster adoptive adopted late former second first grand god great in"),
    unlike_kin=_words("like as though almost would if nun convent abbess monk friar church congregation arms"),
    elder=_words("elder older big eldest oldest"),
    younger=_words("younger little youngest kid"),
    without_kin=_table(
        """
        sibling: child
        spouse: bachelor spinster unmarried
        child: childless
        parent: orphan
        """
    ),
    child_words=_words("child"),
    only=_words("only"),
    new_kin=_words(
        """
        married marry marries marriage wedding wed bride bridegroom groom engaged propose proposed born birth baby
        pregnant adopted remarried widow widower widowed divorced
        """
    ),
    unique_kin=_words("father mother husband wife"),
    rest=_words(
        "of other others surviving remaining elder younger eldest youngest older another dead died living more"
    ),
    vague_trades=_words(
        """
        worker master servant hand employee boss leader artist writer author scholar student professional expert
        assistant apprentice attendant guard driver owner maker man woman keeper clerk agent officer official player
        labourer laborer traveller traveler host hostess hero slave genius critic reader speaker
        """
    ),
    trade_fields=_table(
        """
        medicine: doctor physician surgeon psychiatrist nurse midwife medic paramedic
        law: lawyer attorney solicitor barrister advocate judge magistrate
        police: policeman policewoman detective constable inspector sheriff
        church: priest vicar rector curate parson clergyman minister chaplain bishop monk preacher
        army: soldier sergeant captain colonel major general lieutenant corporal officer
        sea: sailor seaman mariner captain skipper fisherman mate
        school: teacher schoolteacher schoolmaster schoolmistress headmaster headmistress governess tutor professor
        food: cook chef baker butcher
        land: farmer shepherd gardener rancher ploughman
        goods: shopkeeper grocer merchant trader dealer salesman
        letters: journalist reporter poet novelist playwright editor
        stage: actor actress singer dancer musician comedian
        science: scientist chemist physicist botanist biologist astronomer mathematician
        house: butler footman valet maid housemaid housekeeper
        engines: mechanic engineer machinist
        crime: thief burglar spy
        """
    ),
    as_ifs=_words("as like if though born regular real quite something"),
    praise=_words("such better worse best worst"),
    new_work=_words(
        """
        became become retired retire retirement quit resigned resign promoted promotion apprenticed trained training
        dismissed sacked fired unemployed pretended posing disguised disguise lied ruined bankrupt instead
        """
    ),
    sides=_words("left right"),
    limbs=_table(
        """
        arm: arm arms hand hands wrist wrists elbow elbows forearm
        leg: leg legs foot feet knee knees ankle ankles
        eye: eye eyes
        """
    ),
    marks=_table(
        """
        scar: scar scars scarred
        tattoo: tattoo tattooed tattoos
        birthmark: birthmark mole
        limp: limp limped limps limping lame
        patch: patch eyepatch
        lost: lost missing amputated stump hook severed empty
        wooden: wooden artificial prosthetic false tin
        glass: glass
        blind: blind
        deaf: deaf
        withered: withered crooked twisted paralysed paralyzed crippled
        """
    ),
    one_limbed=_table("arm: armed handed\nleg: legged\neye: eyed"),
    losing=_words("lose lost loses losing amputated severed"),
    lost=_words("missing lost amputated severed wooden empty gone"),
    both=_words("both two"),
    mending=_words(
        "artificial wooden prosthetic healed mended regrown grew false healing plaster bandage metal new magic"
    ),
    unable={
        "blind": SIGHT,
        "sightless": SIGHT,
        "deaf": HEARING,
        "mute": SPEECH,
        "paralysed": WALKING,
        "paralyzed": WALKING,
        "legless": WALKING,
    },
    not_quite=_words("half almost nearly as so too less more partly quite not temporarily all"),
    figurative=_words("to with drunk alley date rage as for"),
    helping=_words("dots braille fingers fingertips aloud machine cane stick frame crutches signs hands lips"),
    speaking=_words("said"),
    builds=_table(
        """
        tall: tall taller tallest towering
        short: short shorter shortest tiny diminutive undersized squat dwarfish
        fat: fat fattest stout plump portly corpulent obese rotund
        thin: thin thinnest slim slender lean skinny gaunt bony emaciated scrawny lanky
        """
    ),
    opposites=frozenset((frozenset(("tall", "short")), frozenset(("fat", "thin")))),
    habits=_table(
        """
        swim: swim swam swum swims swimming
        read: read reads reading
        write: write wrote writes written writing
        drive: drive drove driven drives driving
        ride: ride rode ridden rides riding
        dance: dance danced dances dancing
        sing: sing sang sung sings singing
        cook: cook cooked cooks cooking
        whistle: whistle whistled whistles whistling
        fly: fly flew flown flies flying
        gamble: gamble gambled gambles bet
        drink: drink drank drunk drinks drinking
        smoke: smoke smoked smokes smoking
        eat: eat ate eaten eats eating
        swear: swear swore swears curse cursed
        knit: knit knitted knits knitting
        ski: ski skied skis skiing
        skate: skate skated skates skating
        """
    ),
    nevers=_words("never"),
    abilities=_words("could can ca cannot did does do"),
    lastingly_not=_words("never not n't could cannot ca"),
    one_time=_words("yet today tonight now then again since until till moment much more that for because enough"),
    objects_of={
        "drink": _words(
            "brandy whisky whiskey wine beer gin rum ale sherry port champagne vodka cider brandies beers liquor"
        ),
        "smoke": _words("pipe cigar cigarette cigars cigarettes cheroot tobacco"),
        "eat": _words("meat steak beef bacon ham pork chicken lamb mutton sausage sausages veal chop chops"),
    },
    abstainers=_table(
        """
        drink: teetotaller teetotaler teetotal abstainer
        smoke: non-smoker nonsmoker
        eat: vegetarian vegan
        read: illiterate
        write: illiterate
        """
    ),
    consuming=_words(
        """
        drink drank drinking sip sipped swallowed drained downed gulped poured finish finished eat ate eating chewed
        devoured smoke smoked smoking lit light puffed ordered bit carved took had
        """
    ),
    upon=_words("on at with through into"),
    learning=_words(
        """
        learn learned learnt learning teach taught teaching first began begun start started until except lesson lessons
        longer anymore quit broke used once finally
        """
    ),
    numbers={word: n for n, word in enumerate(UNITS)} | {word: 10 * n for n, word in enumerate(TENS, 2)},
)
