// On a person's page: their family as a small tree, and how they and the others address each other, by chapter.

const MAX_FAMILY = 14;
const MAX_BONDS = 8;
const MAX_FORMS = 4; // of one person in a chapter

/** How many generations somebody is above the person to whom they are this: by the last word of the kin noun. */
const GENERATIONS = [
  [2, /grand(?:father|mother|pa|ma|dad|parents?)$|gran(?:ny|dpa|dma)?$/],
  [-2, /grand(?:son|daughter|child|children)s?$/],
  [1, /(?:father|mother|dad|daddy|mum|mummy|mom|mama|papa|parents?|uncle|aunt|auntie|guardian)(?:-in-law)?s?$/],
  [-1, /(?:son|daughter|child|children|boy|girl|nephew|niece|ward|baby)(?:-in-law)?s?$/],
  [0, /(?:brother|sister|twin|cousin|husband|wife|fiancée?|bride|widow|widower|spouse|sibling|bridegroom)(?:-in-law)?s?$/],
];

function generation(noun) {
  const found = GENERATIONS.find(([, pattern]) => pattern.test(noun.toLowerCase()));
  return found ? found[0] : null;
}

/** The people of a family with their generation, the person's own being 0, and the fact that leads to each. */
function familyOf(known, person) {
  const kin = known.facts.filter((fact) => fact.kind === "kin" && fact.of !== null && known.person(fact.person) && known.person(fact.of) && generation(fact.value) !== null);
  const family = new Map([[person.index, { person, generation: 0, fact: null }]]);
  for (let steps = 0; steps < 2; steps++) {
    for (const fact of kin) {
      if (family.size >= MAX_FAMILY) break;
      const [one, other] = [family.get(fact.person), family.get(fact.of)];
      const up = generation(fact.value);
      if (one && !other) family.set(fact.of, { person: known.person(fact.of), generation: one.generation - up, fact });
      else if (other && !one) family.set(fact.person, { person: known.person(fact.person), generation: other.generation + up, fact });
    }
  }
  return [...family.values()];
}

function familySection(app, person) {
  const { known } = app;
  const family = familyOf(known, person);
  if (family.length < 2) return null;
  const rows = [...new Set(family.map((one) => one.generation))].sort((a, b) => b - a);
  const words = ({ person: one, fact }) => (one.index === fact.of ? `${clip(fact.value, 24)}: ${known.person(fact.person).short}` : `${known.person(fact.of).short}’s ${clip(fact.value, 24)}`);
  const says = (one) => one.fact && h("a", { class: "quiet", href: placeAddress(known, one.fact.start), title: placeName(app.story, one.fact.start) }, words(one));
  return section("Family", "Older generations above. Each word leads to the place that says it.", h("div", { class: "family" }, rows.map((row) =>
    h("ul", {}, family.filter((one) => one.generation === row).map((one) => h("li", { class: one.person === person ? "self" : null },
      one.person === person ? h("b", { dir: "auto" }, person.short) : personLink(known, one.person, one.person.short), says(one)))))));
}

/** Lines and forms of address between a person and everybody they talk with, by chapter; the most lines first. */
function bondsOf(known, person) {
  const found = new Map();
  const at = (other, start) => {
    if (!found.has(other)) found.set(other, { other, lines: 0, chapters: new Map() });
    const bond = found.get(other);
    const chapter = Math.max(0, chapterAt(known.story, start));
    if (!bond.chapters.has(chapter)) bond.chapters.set(chapter, { to: [], from: [], toForms: [], fromForms: [] });
    return [bond, bond.chapters.get(chapter)];
  };
  for (const utterance of person.says) {
    for (const other of known.addressees(utterance.first)) {
      if (other === person) continue;
      const [bond, chapter] = at(other, utterance.first.start);
      bond.lines += 1;
      chapter.to.push(utterance);
    }
  }
  for (const utterance of person.hears) {
    const other = known.speaker(utterance.first);
    if (!other || other === person) continue;
    const [bond, chapter] = at(other, utterance.first.start);
    bond.lines += 1;
    chapter.from.push(utterance);
  }
  for (const form of known.addresses) {
    const [speaker, addressee] = [known.person(form.speaker), known.person(form.addressee)];
    if (speaker === person && addressee && found.has(addressee)) at(addressee, form.start)[1].toForms.push(form);
    if (addressee === person && speaker && found.has(speaker)) at(speaker, form.start)[1].fromForms.push(form);
  }
  return [...found.values()].sort((a, b) => b.lines - a.lines);
}

function bondsSection(app, person) {
  const { known, story } = app;
  const bonds = bondsOf(known, person).slice(0, MAX_BONDS);
  if (!bonds.length) return null;
  const nChapters = Math.max(1, story.chapters.filter((chapter) => chapter.start < known.limit).length);
  const many = nChapters > 1;
  return section(many ? "Bonds over time" : "How they address each other",
    many ? `A strip for each pair, a column for each chapter: above what ${person.short} says, below what they are told. Open one to see how the two address each other.` : `How ${person.short} and the others address each other.`,
    bonds.map(({ other, lines, chapters }) => h("details", { class: "bond" },
      h("summary", {}, h("span", { dir: "auto", class: colour(other) }, other.short), " ", h("span", { class: "quiet" }, counted(lines, "line")), many && bondStrip(person, other, chapters, nChapters)),
      h("ul", {}, [...chapters].sort((a, b) => a[0] - b[0]).map(([n, chapter]) => h("li", {},
        many && h("b", {}, chapterTitle(story, n), ": "),
        sideOf(app, person, other, chapter.to, chapter.toForms), chapter.to.length > 0 && chapter.from.length > 0 && "; ",
        sideOf(app, other, person, chapter.from, chapter.fromForms)))))));
}

/** What one says to the other in a chapter: the number of lines, and the words by which they address them. */
function sideOf(app, from, to, utterances, forms) {
  if (!utterances.length) return null;
  const { known, story } = app;
  const words = new Map();
  for (const form of forms) {
    const text = clip(story.text.slice(form.start, form.end), 30);
    if (!words.has(text)) words.set(text, []);
    words.get(text).push(form);
  }
  const shown = [...words].sort((a, b) => b[1].length - a[1].length).slice(0, MAX_FORMS);
  return [h("span", { dir: "auto" }, `${from.short} → ${to.short} `), count(app, utterances.length, `${from.short} to ${to.short}`, () => utterances.map((one) => utteranceSpan(known, one))),
    shown.map(([text, all]) => [" ", h("a", { href: placeAddress(known, all[0].start), title: all[0].kind.replace("_", " ") }, h("q", { dir: "auto" }, text)), all.length > 1 && h("span", { class: "quiet" }, ` ${all.length}×`)])];
}

function bondStrip(person, other, chapters, nChapters) {
  const most = Math.max(1, ...[...chapters.values()].flatMap((chapter) => [chapter.to.length, chapter.from.length]));
  const bars = (side, sign) => [...chapters].map(([n, chapter]) => (chapter[side].length ? `M${n + 0.1} 10V${(10 - sign * 9 * Math.sqrt(chapter[side].length / most)).toFixed(2)}h.8V10z` : "")).join("");
  return draw("svg", { class: "strip", viewBox: `0 0 ${nChapters} 20`, preserveAspectRatio: "none", role: "img", "aria-label": `${person.short} and ${other.short} talk in ${counted(chapters.size, "chapter")} of ${nChapters}` },
    draw("path", { class: colour(person), d: bars("to", 1) }), draw("path", { class: colour(other), d: bars("from", -1) }), draw("path", { class: "ground", d: `M0 10H${nChapters}` }));
}
