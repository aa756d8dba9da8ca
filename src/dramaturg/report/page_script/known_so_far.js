// The story up to the spoiler limit: the people who have appeared, their names so far, and what has been said.
//
// Every view gets its data from here, so that nothing after the limit can be shown anywhere.

const UNNAMED = "someone";
const PRONOUNS = { she: "she", her: "she", hers: "she", herself: "she", he: "he", him: "he", his: "he", himself: "he", they: "they", them: "they", their: "they", theirs: "they", themselves: "they", themself: "they", it: "it", its: "it", itself: "it" };
const FIRST_PERSON = new Set(["i", "me", "my", "mine", "myself"]);

function knownUpTo(story, limit) {
  const whole = limit >= story.end;
  const index = mentionsOfEach(story);
  const people = story.people.map((person) => personSoFar(story, person, index[person.index], limit, whole));
  const known = {
    story, limit, whole, people,
    cast: people.filter(Boolean),
    utterances: story.utterances.filter((utterance) => utterance.first.end <= limit && utterance.first.speech),
    person: (index) => (index === null || index === undefined ? null : people[index]),
    speaker: (quotation) => known.person(quotation.speaker),
    addressees: (quotation) => quotation.addressees.map((index) => people[index]).filter(Boolean),
    alternatives: (quotation) =>
      quotation.alternatives.filter(({ person }) => people[person] && person !== quotation.speaker).slice(0, 5),
    evidence: (quotation) => (quotation.evidence && quotation.evidence.end <= limit ? quotation.evidence : null),
    parts: (utterance) => utterance.parts.filter((part) => part.end <= limit && part.speech),
    events: story.events.filter((event) => event.end <= limit),
    facts: story.facts.filter((fact) => fact.end <= limit).map((fact) => ({ ...fact, person: now(story, fact.person), of: now(story, fact.of), saidBy: now(story, fact.saidBy) })),
    addresses: story.addresses.filter((form) => form.end <= limit).map((form) => ({ ...form, speaker: now(story, form.speaker), addressee: now(story, form.addressee) })),
    cache: new Map(),
  };
  if (!whole || story.joined) known.cast.sort((a, b) => b.mentions.length - a.mentions.length || a.first - b.first);
  for (const utterance of known.utterances) {
    const speaker = known.speaker(utterance.first);
    if (speaker) speaker.says.push(utterance);
    for (const other of known.addressees(utterance.first)) other.hears.push(utterance);
  }
  for (const person of known.cast) {
    if (whole || !person.says.length) continue;
    person.last = Math.max(person.last, person.says[person.says.length - 1].first.start);
  }
  return known;
}

/** The index of the person that a person in the original reading is now, after the user's corrections; null for nobody. */
function now(story, index) {
  return index === null ? null : story.currentIndex ? story.currentIndex(index) : index;
}

/** A value that is computed once for each spoiler limit, when it is first needed. */
function cached(known, name, make) {
  if (!known.cache.has(name)) known.cache.set(name, make());
  return known.cache.get(name);
}

function mentionsOfEach(story) {
  if (!story.mentionsOf) {
    story.mentionsOf = story.people.map(() => []);
    for (let n = 0; n < story.mentions.length; n++) story.mentionsOf[story.mentions.person[n]]?.push(n);
    story.mentions.quotation ??= quotationsAround(story);
  }
  return story.mentionsOf;
}

/** For each mention the index of the outermost quotation around it, or -1. */
function quotationsAround(story) {
  const around = new Int32Array(story.mentions.length).fill(-1);
  const outer = story.quotations.filter((quotation) => quotation.within === null);
  let at = 0;
  for (let n = 0; n < around.length; n++) {
    while (at < outer.length && outer[at].end <= story.mentions.starts[n]) at++;
    if (at < outer.length && outer[at].start <= story.mentions.starts[n]) around[n] = outer[at].index;
  }
  return around;
}

/** What is known about a person at the limit; null before the first mention. */
function personSoFar(story, person, all, limit, whole) {
  const mentions = whole ? all : all.filter((n) => story.mentions.ends[n] <= limit);
  if (person.gone || (!whole && !mentions.length)) return null;
  const at = (n) => story.mentions.starts[n];
  const known = {
    index: person.index,
    group: person.group,
    mentions,
    says: [],
    hears: [],
    first: mentions.length ? at(mentions[0]) : null,
    last: mentions.length ? at(mentions[mentions.length - 1]) : null,
    forms: (kind) => forms(story, mentions, kind),
  };
  if (whole) {
    Object.assign(known, { name: person.name, named: person.named, pronouns: person.pronouns, narrator: person.narrator, token: person.id });
  } else {
    known.narrator = person.narrator && mentions.some((n) => isNarratorsI(story, n));
    known.name = nameSoFar(story, person, mentions, known.narrator);
    known.named = person.named && mentions.some((n) => story.mentions.kind[n] === "name");
    known.pronouns = (person.pronounsSaid ? person.pronouns : pronounsSoFar(story, mentions)) ?? null;
    known.token = `~${story.points(known.first)}`; // ids contain names, which may be spoilers
  }
  known.short = clip(known.name, 24);
  return known;
}

const TITLE = /^(?:an?|the|mr|mrs|ms|miss|mx|dr|doctor|sir|lady|lord|madame?|mademoiselle|monsieur|captain|colonel|major|old|young|aunt|uncle|father|mother|sister|brother|professor|st|king|queen|prince|princess|count|countess|master|mistress)$/i;

/** The first word of a name, where no one else is called by it: “Edna” for Edna Pontellier, but Mr. Pontellier in full. */
function briefName(known, person) {
  person.brief ??= makeBriefName(known, person);
  return person.brief;
}

function makeBriefName(known, person) {
  const count = cached(known, "first words", () => tally(known.cast.map((one) => one.name.split(" ")[0])));
  const [first, ...rest] = person.name.split(" ");
  const enough = person.named && rest.length && first.length > 2 && !TITLE.test(first.replace(/[.’']/g, "")) && count.get(first) === 1;
  return enough ? clip(first, 24) : person.short;
}

function mentionText(story, n) {
  return story.text.slice(story.mentions.starts[n], story.mentions.ends[n]).replace(/\s+/g, " ").trim();
}

/** The texts of a person's mentions of one kind: a Map to the mentions of each text, the most frequent first. */
function forms(story, mentions, kind) {
  const found = new Map();
  for (const n of mentions) {
    if (story.mentions.kind[n] !== kind) continue;
    const text = mentionText(story, n);
    if (!found.has(text)) found.set(text, []);
    found.get(text).push(n);
  }
  return new Map([...found].sort((a, b) => b[1].length - a[1].length));
}

function nameSoFar(story, person, mentions, narrator) {
  if (person.called) return person.called; // a name that the user chose
  const names = forms(story, mentions, "name");
  const heard = new Set([...names.keys()].flatMap((name) => name.toLowerCase().split(" ")));
  if (names.size && person.name.toLowerCase().split(/\s+/).every((word) => heard.has(word))) return person.name;
  if (names.size) return names.keys().next().value;
  if (narrator) return "the narrator";
  const nouns = forms(story, mentions, "noun");
  return nouns.size ? nouns.keys().next().value : UNNAMED;
}

function isNarratorsI(story, n) {
  return story.mentions.quotation[n] < 0 && FIRST_PERSON.has(mentionText(story, n).toLowerCase());
}

function pronounsSoFar(story, mentions) {
  const pronouns = mentions.filter((n) => story.mentions.kind[n] === "pronoun").map((n) => PRONOUNS[mentionText(story, n).toLowerCase()]);
  return tally(pronouns.filter(Boolean)).keys().next().value;
}

/** The number of words in an utterance, separated by white space. */
function wordsIn(known, utterance) {
  return known.parts(utterance).reduce((sum, part) => {
    part.words ??= known.story.text.slice(part.start, part.end).split(/\s+/).filter(Boolean).length;
    return sum + part.words;
  }, 0);
}

function wordsOf(known, person) {
  person.words ??= person.says.reduce((sum, utterance) => sum + wordsIn(known, utterance), 0);
  return person.words;
}

/** How certain a speaker is, in words. */
function certainty(chance) {
  if (chance === null) return "unknown";
  if (chance >= 0.9) return "almost certain";
  return chance >= 0.6 ? "likely" : "a guess";
}

/** Why this speaker was chosen, in words: the same as `reason` in phrases.py. */
function reason(known, quotation) {
  if (quotation.corrected) return "you corrected it";
  const evidence = known.evidence(quotation);
  if (!evidence) {
    return quotation.evidence ? "the evidence comes later in the story" : "nothing in the text says so directly";
  }
  const words = `“${clip(known.story.text.slice(evidence.start, Math.min(evidence.end, evidence.start + 400)), 60)}”`;
  return {
    tag: `${words} names the speaker`,
    pronoun_tag: `${words} gives only a pronoun`,
    turn: "their turn in the conversation",
    vocative: evidence.start < quotation.start ? `${words} was addressed just before` : `${words} is addressed`,
    action: `action beside the line: “${actionText(known, evidence)}”`,
    narrator: `the narrator speaks: ${words}`,
    content: "what the line says",
    correction: "your correction",
  }[evidence.kind];
}

/** An action from its first word on: at least 40 characters, shortened at a word and at the end of the paragraph. */
function actionText(known, { start, end }) {
  const length = Math.max(40, Math.min(60, end - start));
  const text = known.story.text.slice(start, Math.min(start + length, known.limit));
  const paragraphEnd = text.indexOf("\n\n");
  if (paragraphEnd >= 0) return clip(text.slice(0, paragraphEnd), length);
  const isCut = start + text.length < known.story.end && text.includes(" ");
  return clip(isCut ? `${text.slice(0, text.lastIndexOf(" "))}…` : text, length);
}

/** A place as a person would look it up: `chapter 2, line 120`. */
function placeName(story, start) {
  const chapter = chapterAt(story, start);
  const line = story.lineStarts
    ? `line ${Math.max(1, lowerBound(story.lineStarts, start + 1))}`
    : `paragraph ${Math.max(1, lowerBound(paragraphStarts(story), start + 1))}`;
  return story.chapters.length > 1 && chapter >= 0 ? `chapter ${chapter + 1}, ${line}` : line;
}

function paragraphStarts(story) {
  story.paragraphStarts ??= story.blocks.starts.filter((_, n) => story.blocks.role[n] === "paragraph" && !story.blocks.continued[n]);
  return story.paragraphStarts;
}

/** The index of the chapter at a place; -1 before the first. */
function chapterAt(story, start) {
  story.chapterStarts ??= story.chapters.map((chapter) => chapter.start);
  return lowerBound(story.chapterStarts, start + 1) - 1;
}

function blockAt(story, start) {
  return Math.max(0, lowerBound(story.blocks.starts, start + 1) - 1);
}

function chapterTitle(story, n) {
  const title = story.chapters[n].title;
  return title ? clip(title, 60) : `Chapter ${n + 1}`;
}
