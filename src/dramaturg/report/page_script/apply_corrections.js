// What a person put right on this page, laid over the story as it was read: names joined, renamed, taken away, words
// that mean another. What hangs on it besides is decided when the story is read again with the file.

/** The story as it was read: what laying corrections over it may change. */
function asRead(story) {
  return {
    people: story.people.map((person) => ({ ...person })),
    who: story.mentions.who.slice(),
    mentionsOf: mentionsOfEach(story),
    quotations: story.quotations.map(({ speaker, addressees, alternatives }) => ({ speaker, addressees, alternatives })),
    events: story.events.map(({ agents, patients }) => ({ agents, patients })),
  };
}

/** Lay corrections over a story, in place of those that lay there. Gives the quotations that were, or are, corrected. */
function layOver(story, list) {
  if (!list.length && !story.read) return [];
  story.read ??= asRead(story);
  const before = story.quotations.filter((quotation) => quotation.corrected);
  const root = rootsOf(story, list);
  const gone = new Set(list.filter((one) => one.kind === "not_person").map((one) => root(one.person)));
  /** Whom the index of a person means now; null for nobody. */
  const now = (who) => (who === null || who < 0 || gone.has(root(who)) ? null : root(who));
  story.now = now;
  story.joined = story.people.some((_, who) => root(who) !== who);
  layPeople(story, list, now);
  layMentions(story, list, now);
  layQuotations(story, list, now);
  const several = (people) => [...new Set(people.map(now))].filter((who) => who !== null);
  story.events.forEach((event, n) => {
    event.agents = several(story.read.events[n].agents);
    event.patients = several(story.read.events[n].patients);
  });
  return [...before, ...story.quotations.filter((quotation) => quotation.corrected)];
}

/** Whether a correction speaks of more than quotations, so that all of the text may look another way. */
function isOfAll(one) {
  return one.quotation === undefined && one.kind !== "apart";
}

/** A function from the index of a person to the one that stands for all who were said to be the same. */
function rootsOf(story, list) {
  const above = story.people.map((_, n) => n);
  const root = (who) => {
    while (above[who] !== who) who = above[who];
    return who;
  };
  const join = (one, other) => {
    const nameless = (who) => Number(!story.read.people[who].named);
    const [chief, lesser] = [root(one), root(other)].sort((a, b) => nameless(a) - nameless(b) || a - b);
    above[lesser] = chief; // the one with a name, and then the more prominent, stands for both
  };
  for (const one of list) {
    if (one.kind === "same") join(...one.people);
    // Whoever says I and has no name is the one who is said to tell the story.
    if (one.kind === "narrator") for (const person of story.read.people) if (person.narrator && !person.named) join(person.index, one.person);
  }
  return root;
}

function layPeople(story, list, now) {
  const { people } = story.read;
  story.people.forEach((person, n) => Object.assign(person, people[n], { gone: now(n) !== n, called: null, pronounsSaid: false }));
  for (const read of people) {
    const person = story.people[now(read.index) ?? read.index];
    if (person.index === read.index || person.gone) continue;
    Object.assign(person, {
      aliases: [...new Set([...person.aliases, read.name, ...read.aliases])].filter((alias) => alias !== person.name),
      pronouns: person.pronouns ?? read.pronouns,
      narrator: person.narrator || read.narrator,
    });
  }
  for (const one of list) {
    const person = one.person === undefined || one.quotation !== undefined || one.mention !== undefined ? null : story.people[now(one.person)];
    if (!person) continue;
    if (one.kind === "narrator") story.people.forEach((other) => { other.narrator = other === person; });
    if (one.kind === "pronouns") Object.assign(person, { pronouns: one.pronouns, pronounsSaid: true });
    if (one.kind === "rename") Object.assign(person, { name: one.name, called: one.name, aliases: [person.name, ...person.aliases] });
  }
}

function layMentions(story, list, now) {
  const { mentions } = story;
  const { who, people } = story.read;
  for (let n = 0; n < mentions.length; n++) mentions.who[n] = now(who[n]) ?? -1;
  for (const one of list) {
    if (one.kind === "mention") mentions.who[one.mention] = now(one.person) ?? -1;
    if (one.kind !== "narrator" || now(one.person) === null) continue;
    const tellers = new Set(people.filter((person) => person.narrator).map((person) => person.index));
    for (let n = 0; n < mentions.length; n++) if (tellers.has(who[n]) && isOwnVoice(story, n)) mentions.who[n] = now(one.person);
  }
  story.mentionsOf = null; // counted anew
}

function layQuotations(story, list, now) {
  story.quotations.forEach((quotation, n) => {
    const read = story.read.quotations[n];
    const addressees = [...new Set(read.addressees.map(now))].filter((who) => who !== null);
    const alternatives = read.alternatives.map(({ who, confidence }) => ({ who: now(who), confidence })).filter(({ who }) => who !== null);
    Object.assign(quotation, { speaker: now(read.speaker), addressees, alternatives, speech: true, corrected: false, by: null });
  });
  for (const one of list) {
    if (one.quotation === undefined) continue;
    const quotation = story.quotations[one.quotation];
    if (one.kind === "not_speech") Object.assign(quotation, { speech: false, corrected: true });
    else for (const part of quotation.utterance?.parts ?? [quotation]) {
      if (one.kind === "speaker") Object.assign(part, { speaker: now(one.person), by: one.name ?? null, corrected: true });
      else Object.assign(part, { addressees: one.people.map(now).filter((who) => who !== null), corrected: true });
    }
  }
}

/** What somebody was called before anything was put right here, as far as the place tells; null where it tells nothing. */
function nameAsRead(known, who) {
  const { story } = known;
  const read = story.read ?? story;
  const person = read.people[who];
  if (known.whole) return person.name;
  return once(known, `name ${who}`, () => {
    const mentions = (read.mentionsOf ?? mentionsOfEach(story))[who].filter((n) => story.mentions.ends[n] <= known.limit);
    return mentions.length ? nameSoFar(story, person, mentions, person.narrator && mentions.some((n) => isOwnVoice(story, n))) : null;
  });
}
