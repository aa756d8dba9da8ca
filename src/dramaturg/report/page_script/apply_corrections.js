// Applies the user's corrections to the story in the page: merged, renamed and removed people, speakers, addressees and
// mentions. Decisions that depend on them only change when the story is read again with the corrections file.

/** A copy of everything in the story that corrections may change. */
function copyOriginal(story) {
  return {
    people: story.people.map((person) => ({ ...person })),
    person: story.mentions.person.slice(),
    mentionsOf: mentionsOfEach(story),
    quotations: story.quotations.map(({ speaker, addressees, alternatives }) => ({ speaker, addressees, alternatives })),
    events: story.events.map(({ agents, patients }) => ({ agents, patients })),
  };
}

/** Apply corrections to the story instead of the previous ones. Returns the quotations that were or are corrected. */
function applyCorrections(story, list) {
  if (!list.length && !story.original) return [];
  story.original ??= copyOriginal(story);
  const before = story.quotations.filter((quotation) => quotation.corrected);
  const root = findRoots(story, list);
  const gone = new Set(list.filter((correction) => correction.kind === "not_person").map((correction) => root(correction.person)));
  /** The index of the person that a person in the original reading is now; null for a removed one. */
  const currentIndex = (index) => (index === null || index < 0 || gone.has(root(index)) ? null : root(index));
  story.currentIndex = currentIndex;
  story.joined = story.people.some((_, index) => root(index) !== index);
  applyToPeople(story, list, currentIndex);
  applyToMentions(story, list, currentIndex);
  applyToQuotations(story, list, currentIndex);
  const currentIndices = (people) => [...new Set(people.map(currentIndex))].filter((index) => index !== null);
  story.events.forEach((event, n) => {
    event.agents = currentIndices(story.original.events[n].agents);
    event.patients = currentIndices(story.original.events[n].patients);
  });
  return [...before, ...story.quotations.filter((quotation) => quotation.corrected)];
}

/** Whether a correction changes more than single quotations, so that the whole text must be rendered again. */
function affectsWholeText(correction) {
  return correction.quotation === undefined && correction.kind !== "apart" && correction.kind !== "meant" && !isOfSpan(correction);
}

/** A function from a person's index to the index of the person it was merged into (union-find). */
function findRoots(story, list) {
  const parent = story.people.map((_, n) => n);
  const root = (index) => {
    while (parent[index] !== index) index = parent[index];
    return index;
  };
  const merge = (one, other) => {
    const nameless = (index) => Number(!story.original.people[index].named);
    const [kept, removed] = [root(one), root(other)].sort((a, b) => nameless(a) - nameless(b) || a - b);
    parent[removed] = kept; // keep the named one, or the more prominent one
  };
  for (const correction of list) {
    if (correction.kind === "same") merge(...correction.people);
    // An unnamed narrator is the person whom the correction names.
    if (correction.kind === "narrator") for (const person of story.original.people) if (person.narrator && !person.named) merge(person.index, correction.person);
  }
  return root;
}

function applyToPeople(story, list, currentIndex) {
  const { people } = story.original;
  story.people.forEach((person, n) => Object.assign(person, people[n], { gone: currentIndex(n) !== n, called: null, pronounsSaid: false }));
  for (const original of people) {
    const person = story.people[currentIndex(original.index) ?? original.index];
    if (person.index === original.index || person.gone) continue;
    Object.assign(person, {
      aliases: [...new Set([...person.aliases, original.name, ...original.aliases])].filter((alias) => alias !== person.name),
      pronouns: person.pronouns ?? original.pronouns,
      narrator: person.narrator || original.narrator,
    });
  }
  for (const correction of list) {
    const person = isOfSpan(correction) || correction.person === undefined || correction.quotation !== undefined || correction.mention !== undefined ? null : story.people[currentIndex(correction.person)];
    if (!person) continue;
    if (correction.kind === "narrator") story.people.forEach((other) => { other.narrator = other === person; });
    if (correction.kind === "pronouns") Object.assign(person, { pronouns: correction.pronouns, pronounsSaid: true });
    if (correction.kind === "rename") Object.assign(person, { name: correction.name, called: correction.name, aliases: [person.name, ...person.aliases] });
  }
}

function applyToMentions(story, list, currentIndex) {
  const { mentions } = story;
  const { person: originalPerson, people } = story.original;
  for (let n = 0; n < mentions.length; n++) mentions.person[n] = currentIndex(originalPerson[n]) ?? -1;
  for (const correction of list) {
    if (correction.kind === "mention") mentions.person[correction.mention] = currentIndex(correction.person) ?? -1;
    if (correction.kind !== "narrator" || currentIndex(correction.person) === null) continue;
    const narrators = new Set(people.filter((person) => person.narrator).map((person) => person.index));
    for (let n = 0; n < mentions.length; n++) if (narrators.has(originalPerson[n]) && isNarratorsI(story, n)) mentions.person[n] = currentIndex(correction.person);
  }
  story.mentionsOf = null; // count again
}

function applyToQuotations(story, list, currentIndex) {
  story.quotations.forEach((quotation, n) => {
    const original = story.original.quotations[n];
    const addressees = [...new Set(original.addressees.map(currentIndex))].filter((index) => index !== null);
    const alternatives = original.alternatives.map(({ person, confidence }) => ({ person: currentIndex(person), confidence })).filter(({ person }) => person !== null);
    Object.assign(quotation, { speaker: currentIndex(original.speaker), addressees, alternatives, speech: true, corrected: false, by: null });
  });
  for (const correction of list) {
    if (correction.quotation === undefined) continue;
    const quotation = story.quotations[correction.quotation];
    if (correction.kind === "not_speech") Object.assign(quotation, { speech: false, corrected: true });
    else for (const part of quotation.utterance?.parts ?? [quotation]) {
      if (correction.kind === "speaker") Object.assign(part, { speaker: currentIndex(correction.person), by: correction.name ?? null, corrected: true });
      else Object.assign(part, { addressees: correction.people.map(currentIndex).filter((index) => index !== null), corrected: true });
    }
  }
}

/** A person's name before any correction on this page, as far as the spoiler limit allows; null where it does not. */
function originalName(known, index) {
  const { story } = known;
  const original = story.original ?? story;
  const person = original.people[index];
  if (known.whole) return person.name;
  return cached(known, `name ${index}`, () => {
    const mentions = (original.mentionsOf ?? mentionsOfEach(story))[index].filter((n) => story.mentions.ends[n] <= known.limit);
    return mentions.length ? nameSoFar(story, person, mentions, person.narrator && mentions.some((n) => isNarratorsI(story, n))) : null;
  });
}
