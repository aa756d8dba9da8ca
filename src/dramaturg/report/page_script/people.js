// The People view: the list of characters, and a page for each.

const STRIP_BINS = 120;
const MAX_DISTINCTIVE_WORDS = 24;
const MIN_FREQUENCY_RATIO = 1.5; // times as often as others: leaves out function words, whose frequencies differ little

function showPeople(app, element, name) {
  const person = personCalled(app.known, name);
  if (person) showPerson(app, element, person);
  else showCast(app, element, name);
}

function showCast(app, element, missing) {
  const { known } = app;
  const limit = element.dataset.all === "yes" ? Infinity : 60;
  const cast = known.cast.slice(0, limit);
  replace(element,
    h("h2", { tabindex: "-1" }, "People"),
    missing && h("p", { class: "notice", role: "status" }, known.whole ? "No one by that name is in this story." : "No one by that name has appeared yet."),
    h("p", { class: "quiet" }, `${counted(known.cast.length, "character")}${known.whole ? "" : " so far"}, most prominent first. The strip shows where each appears: dark for speech, light for mentions.`),
    !cast.length && h("p", {}, known.whole ? "No characters found." : "No characters so far."),
    h("ul", { class: "cast" }, cast.map((person) => h("li", {},
      h("div", { class: "cast-name" }, chooseBox(app, element, person), " ", personLink(known, person), " ", h("span", { class: "quiet" }, about(known, person)), h("div", { class: "quiet called" }, calledShortly(person))),
      strip(app, person),
      h("div", { class: "cast-counts quiet" }, linesCount(app, person), ` ${person.says.length === 1 ? "line" : "lines"} · `,
        mentionsCount(app, person), ` ${person.mentions.length === 1 ? "mention" : "mentions"}`)))),
    h("div", { class: "chosen" }),
    known.cast.length > limit && h("button", { type: "button", onclick: () => { element.dataset.all = "yes"; showCast(app, element); } }, `Show ${counted(known.cast.length - limit, "more", "more")}`));
}

/** The box that chooses a person, to merge them with another who is chosen too. */
function chooseBox(app, element, person) {
  return h("input", { type: "checkbox", class: "choose", "data-person": person.index, "aria-label": `Choose ${person.name}, to merge`, title: "Choose two to merge them", onchange: () => offerMerge(app, element) });
}

/** What can be done with the people who are chosen. */
function offerMerge(app, element) {
  const { known, corrections } = app;
  const chosen = [...element.querySelectorAll(".choose:checked")].map((box) => known.people[box.dataset.person]);
  const clear = () => {
    for (const box of element.querySelectorAll(".choose:checked")) box.checked = false;
    offerMerge(app, element);
  };
  const names = chosen.map((person) => person.name);
  const merge = () => {
    const [first, ...others] = chosen;
    const made = others.map((other) => ({ kind: "same", people: [first.index, other.index] }));
    corrections.add(...made);
    app.tell(`${names.join(" and ")} are the same person`, () => corrections.remove(...made));
    app.focusHeading();
  };
  replace(element.querySelector(".chosen"), chosen.length > 0 && h("p", { role: "status" }, h("span", { dir: "auto" }, names.join(" and ")), " ",
    chosen.length > 1 ? h("button", { type: "button", class: "main", onclick: merge }, "Merge into one person") : h("span", { class: "quiet" }, "Choose another to merge them."), " ",
    h("button", { type: "button", class: "plain", onclick: clear }, "Clear")));
}

function showPerson(app, element, person) {
  const { known, story } = app;
  const mentions = (list) => () => list.map((n) => mentionSpan(story, n));
  const mentionedBy = mentionsByOthers(known, person);
  replace(element,
    h("p", { class: "crumb" }, h("a", { href: address(known, "people") }, "People")),
    h("h2", { tabindex: "-1", class: `person-name ${colour(person)}`, dir: "auto" }, person.name),
    h("p", { class: "who-they-are" }, whoTheyAre(app, person)),
    strip(app, person, true),
    h("dl", { class: "facts wide" },
      h("dt", {}, "Names"),
      h("dd", { class: "names" }, nameList(app, person)),
      person.first !== null && [h("dt", {}, "First appearance"), h("dd", {}, appearance(app, person.first))],
      person.last !== null && [h("dt", {}, known.whole ? "Last appearance" : "Latest appearance"), h("dd", {}, appearance(app, person.last))],
      h("dt", {}, "Mentioned"),
      h("dd", {}, mentionsCount(app, person), person.mentions.length === 1 ? " time" : " times"),
      h("dt", {}, "Says"),
      h("dd", {}, linesCount(app, person), ` ${person.says.length === 1 ? "line" : "lines"}, `,
        count(app, wordsOf(known, person), `What ${person.short} says`, lineSpans(known, person), `Words that ${person.short} says`), wordsOf(known, person) === 1 ? " word" : " words")),
    factsSection(app, person),
    familySection(app, person),
    bondsSection(app, person),
    person.says.length > 0 && barChart(app, `Who ${person.short} speaks to`, partners(known, person.says, (one) => known.addressees(one.first)), (other) => ({ by: person.token, to: other?.token ?? "nobody" })),
    person.hears.length > 0 && barChart(app, `Who speaks to ${person.short}`, partners(known, person.hears, (one) => [known.speaker(one.first)].filter(Boolean)), (other) => ({ by: other?.token ?? "nobody", to: person.token })),
    mentionedBy.length > 0 && section("What others say about them", `Mentions of ${person.short} in other people’s lines.`,
      h("ul", { class: "tally" }, [...tally(mentionedBy.map((n) => speakerAround(known, n)))].slice(0, 12).map(([speaker, n]) => h("li", {},
        speaker ? personLink(known, speaker) : "unknown speaker", " ",
        count(app, n, `What ${speaker ? speaker.short : "an unknown speaker"} says about ${person.short}`, mentions(mentionedBy.filter((m) => speakerAround(known, m) === speaker))))))),
    eventSections(app, person),
    distinctive(app, person),
    chapterCounts(app, person),
    correctPerson(app, person));
}

const FEW_MENTIONS = 15;
const RANKS = ["says the most", "says the second most", "says the third most"];
const GENERIC = /^(?:..?|my|your|the|this|that|some|one|two|other|another|young|old|poor|little|dear|good|great|man|men|woman|women|boys?|girls?|lad|lady|gentleman|person|people|fellow|creature|child|children|one|others?|thing|everyone|someone)$/;

/** The answer to “who is that again?”: their part, what the story calls them, who they talk with, where they come in. */
function whoTheyAre(app, person) {
  const { known } = app;
  const talkers = cached(known, "talkers", () => [...known.cast].filter((one) => one.says.length).sort((a, b) => b.says.length - a.says.length));
  const place = talkers.indexOf(person);
  const part = person.narrator ? "The narrator" : person.group ? "A group" : known.whole && !person.named ? "A character without a name" : "A character";
  const says = place < 0 ? " who says nothing" : place < RANKS.length ? ` who ${RANKS[place]}` : "";
  const partners = tally([...person.says.flatMap((one) => known.addressees(one.first)), ...person.hears.map((one) => known.speaker(one.first))].filter((other) => other && other !== person));
  const names = [...partners.keys()].slice(0, 2).map((other) => personLink(known, other, other.short));
  const called = descriptions(person).slice(0, 3).map((words) => h("q", { dir: "auto" }, clip(words, 50)));
  const portrait = portraitOf(known, person);
  return [portrait && [portrait, ". "], part, person.pronouns && ` (${person.pronouns})`, says, names.length > 0 && [", talks mostly with ", joined(names)],
    person.first !== null && [", first mentioned in ", h("a", { href: placeAddress(known, person.first) }, placeName(app.story, person.first))], ".",
    called.length > 0 && [" Described as ", joined(called), "."]];
}

const PORTRAIT = ["kin", "work", "bond", "age", "origin"];
const MAX_PARTS = 4;

/** Who somebody is, from what the story has said so far, as portraits.py puts it: “Martha Quill’s husband, a schoolmaster”. */
function portraitOf(known, person) {
  const mine = known.facts.filter((fact) => fact.person === person.index);
  const parts = PORTRAIT.flatMap((kind) => {
    const of = mine.filter((fact) => fact.kind === kind);
    if (kind === "kin" || kind === "bond") return of.filter((fact) => known.person(fact.of)?.named).slice(0, 2).map((fact) => `${known.person(fact.of).name}’s ${fact.value.toLowerCase()}`);
    return of.slice(0, 1).map(({ value }) => (kind === "work" ? withArticle(value) : value));
  });
  return clip([...new Set(parts)].slice(0, MAX_PARTS).join(", "), 200);
}

function withArticle(noun) {
  const word = /^\p{Lu}\p{Ll}+$/u.test(noun) ? noun.toLowerCase() : noun;
  return `${/^[aeiou]/i.test(word) ? "an" : "a"} ${word}`;
}

/** The nouns that the story uses for a person, such as “her uncle” and “the gardener”, the most frequent first. */
function descriptions(person) {
  const found = new Map();
  for (const [words, all] of person.forms("noun")) {
    const first = words.charAt(0).toLowerCase() + words.slice(1);
    if (/\p{Lu}/u.test(first) || !first.split(/[\s-]+/).some((word) => !GENERIC.test(word))) continue; // a name, or says nothing
    const key = first.replace(/^(?:an?|the) /, "");
    if (found.has(key)) found.get(key).n += all.length;
    else found.set(key, { words: first, n: all.length });
  }
  const enough = person.mentions.length < FEW_MENTIONS ? 1 : 2; // a single one may be a mistake
  return [...found.values()].filter(({ n }) => n >= enough).sort((a, b) => b.n - a.n).map(({ words }) => words);
}

/** For the list: a description or two. */
function calledShortly(person) {
  return descriptions(person).slice(0, 2).map((words, n) => [n > 0 && ", ", h("q", { dir: "auto" }, clip(words, 30))]);
}

/** What the story says of a person, each fact with a link to the words that say it; and kin told from the other side. */
function factsSection(app, person) {
  const { known } = app;
  const mine = known.facts.filter((fact) => fact.person === person.index);
  const kin = known.facts.filter((fact) => fact.kind === "kin" && fact.of === person.index && known.person(fact.person));
  const other = (index) => (known.person(index) ? personLink(known, known.person(index)) : UNNAMED);
  const row = (fact, ...words) => h("li", {}, words, fact.saidBy !== null && [", says ", other(fact.saidBy)], " ",
    h("a", { class: "quiet", href: placeAddress(known, fact.start) }, placeName(app.story, fact.start)));
  if (!mine.length && !kin.length) return null;
  return section("What the story says", "Each leads to the words that say it.", h("ul", { class: "told" },
    mine.map((fact) => row(fact, `${fact.kind}: `, h("span", { dir: "auto" }, clip(fact.value, 60)), fact.of !== null && [" of ", other(fact.of)])),
    kin.map((fact) => row(fact, `${fact.value}: `, other(fact.person)))));
}

function lineSpans(known, person) {
  return () => person.says.map((one) => utteranceSpan(known, one));
}

function linesCount(app, person) {
  return count(app, person.says.length, `What ${person.short} says`, lineSpans(app.known, person));
}

function mentionsCount(app, person) {
  return count(app, person.mentions.length, `Where ${person.short} is mentioned`, () => person.mentions.map((n) => mentionSpan(app.story, n)));
}

function section(title, note, ...content) {
  return h("section", { class: "block" }, h("h3", {}, title), note && h("p", { class: "quiet" }, note), content);
}

/** Names, then descriptions, each with its count; then aliases that do not occur as mentions. */
function nameList(app, person) {
  const { known, story } = app;
  const names = person.forms("name");
  const nouns = [...person.forms("noun")].slice(0, 8);
  const list = (entries) => entries.map(([text, all]) => h("li", {}, h("span", { dir: "auto" }, clip(text, 60)), " ", count(app, all.length, `“${clip(text, 40)}”`, () => all.map((n) => mentionSpan(story, n)))));
  const others = known.whole ? story.people[person.index].aliases.filter((alias) => !names.has(alias) && !person.forms("noun").has(alias)) : [];
  const pronouns = [...person.forms("pronoun").values()].flat().sort((a, b) => a - b);
  return h("ul", { class: "names" }, list([...names].slice(0, 12)), list(nouns), others.slice(0, 8).map((alias) => h("li", { dir: "auto" }, clip(alias, 60))),
    pronouns.length > 0 && h("li", { class: "quiet" }, "pronouns ", count(app, pronouns.length, `Pronouns for ${person.short}`, () => pronouns.map((n) => mentionSpan(story, n)))));
}

function appearance(app, start) {
  const n = lowerBound(app.story.mentions.starts, start);
  const end = app.story.mentions.starts[n] === start ? app.story.mentions.ends[n] : start;
  return [h("a", { href: placeAddress(app.known, start) }, placeName(app.story, start)), ": ", h("span", { class: "quiet snippet", dir: "auto" }, snippet(app.known, { start, end }, 30, 60))];
}

/** The other people in these utterances: a list of [person or null, utterances], the most first. */
function partners(known, utterances, of) {
  const found = new Map();
  for (const utterance of utterances) {
    const others = of(utterance);
    for (const other of others.length ? others : [null]) {
      if (!found.has(other)) found.set(other, []);
      found.get(other).push(utterance);
    }
  }
  return [...found].sort((a, b) => b[1].length - a[1].length);
}

function barChart(app, title, rows, query) {
  const { known } = app;
  const most = rows[0][1].length;
  return section(title, null, h("ul", { class: "bars" }, rows.slice(0, 14).map(([other, utterances]) => h("li", {},
    h("span", { class: "bar-name" }, other ? personLink(known, other) : h("span", { class: "quiet" }, "unknown")),
    h("span", { class: `bar ${colour(other)}`, "--part": utterances.length / most, "aria-hidden": "true" }),
    h("a", { class: "count", href: address(known, "search", query(other)), "aria-label": `${title}: ${other ? other.name : "unknown"}, ${counted(utterances.length, "line")}` }, utterances.length.toLocaleString("en"))))));
}

/** The mentions of a person in what others say. */
function mentionsByOthers(known, person) {
  const { mentions, quotations } = known.story;
  return person.mentions.filter((n) => {
    const around = mentions.quotation[n];
    return around >= 0 && quotations[around].speech && quotations[around].speaker !== person.index;
  });
}

function speakerAround(known, n) {
  return known.speaker(known.story.quotations[known.story.mentions.quotation[n]]);
}

/** What a person does and what happens to them: their events, grouped by word. */
function eventSections(app, person) {
  const { known, story } = app;
  const lists = [["What they do", "agents"], ["What happens to them", "patients"]].map(([title, role]) => {
    const events = known.events.filter((event) => event[role].includes(person.index));
    const words = new Map();
    for (const event of events) {
      const word = story.text.slice(event.start, event.end).toLowerCase();
      if (!words.has(word)) words.set(word, []);
      words.get(word).push(event);
    }
    const rows = [...words].sort((a, b) => b[1].length - a[1].length).slice(0, 40);
    return rows.length > 0 && section(title, [count(app, events.length, `${person.short}: ${title.toLowerCase()}`, () => events), events.length === 1 ? " event that happens in the story." : " events that happen in the story."],
      h("ul", { class: "tally" }, rows.map(([said, all]) => h("li", {}, `${clip(said, 40)} `, count(app, all.length, `${person.short}: ${clip(said, 40)}`, () => all)))));
  });
  return lists;
}

/** The words that a person uses more than others do. */
function distinctive(app, person) {
  const words = wordsMoreThanOthers(app.known, person).slice(0, MAX_DISTINCTIVE_WORDS);
  if (!words.length) return null;
  return section("Distinctive words", "Words they use more than other speakers do, the most distinctive first.",
    h("ul", { class: "tally theirs" }, words.map(({ word, shown, n }) => h("li", {}, `${shown} `, count(app, n, `“${shown}”, said by ${person.short}`, () => placesOfWord(app.known, person, word))))));
}

const WORD = /[\p{L}\p{M}]+(?:[’'][\p{L}\p{M}]+)*/gu;

/** How often each word is said, by each speaker and in total. */
function speechCounts(known) {
  return cached(known, "speech", () => {
    const by = new Map();
    const all = new Map();
    const shown = new Map(); // the form to show: capitalised if the word rarely occurs in lower case
    for (const utterance of known.utterances) {
      const speaker = known.speaker(utterance.first);
      if (!by.has(speaker)) by.set(speaker, new Map());
      const own = by.get(speaker);
      for (const part of known.parts(utterance)) {
        for (const [form] of known.story.text.slice(part.start, part.end).matchAll(WORD)) {
          const word = form.toLowerCase().replaceAll("’", "'");
          if (!shown.has(word)) shown.set(word, { form, small: 0 });
          if (form === form.toLowerCase()) shown.get(word).small += 1;
          else shown.get(word).form = form;
          own.set(word, (own.get(word) ?? 0) + 1);
          all.set(word, (all.get(word) ?? 0) + 1);
        }
      }
    }
    return { by, all, shown, n: [...all.values()].reduce((a, b) => a + b, 0) };
  });
}

/**
 * Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, "Fightin' Words", equations 16
 * to 22). The prior is the word frequencies of all speech, with a total weight of 500 words.
 */
function wordsMoreThanOthers(known, person) {
  const { by, all, shown, n } = speechCounts(known);
  const own = by.get(person) ?? new Map();
  const mine = [...own.values()].reduce((a, b) => a + b, 0);
  const theirs = n - mine;
  if (!mine || !theirs) return [];
  const weight = 500;
  const found = [];
  for (const [word, count] of own) {
    if (count < 2) continue;
    const prior = (weight * all.get(word)) / n;
    const a = count + prior;
    const b = all.get(word) - count + prior;
    const difference = Math.log(a / (mine + weight - a)) - Math.log(b / (theirs + weight - b));
    const z = difference / Math.sqrt(1 / a + 1 / b);
    if (z > 1 && difference > Math.log(MIN_FREQUENCY_RATIO)) found.push({ word, shown: 4 * shown.get(word).small < all.get(word) ? shown.get(word).form : word, n: count, z });
  }
  return found.sort((a, b) => b.z - a.z || (a.word < b.word ? -1 : 1));
}

function placesOfWord(known, person, word) {
  const found = [];
  for (const utterance of person.says) {
    for (const part of known.parts(utterance)) {
      for (const match of known.story.text.slice(part.start, part.end).matchAll(WORD)) {
        if (match[0].toLowerCase().replaceAll("’", "'") !== word) continue;
        found.push({ start: part.start + match.index, end: part.start + match.index + match[0].length });
      }
    }
  }
  return found;
}

/** The number of mentions in each chapter. */
function chapterCounts(app, person) {
  const { known, story } = app;
  if (story.chapters.length < 2) return null;
  const byChapter = new Map();
  for (const n of person.mentions) {
    const chapter = chapterAt(story, story.mentions.starts[n]);
    if (chapter < 0) continue;
    if (!byChapter.has(chapter)) byChapter.set(chapter, []);
    byChapter.get(chapter).push(n);
  }
  return h("details", { class: "block" }, h("summary", {}, "Mentions by chapter"),
    h("ul", { class: "tally" }, [...byChapter].sort((a, b) => a[0] - b[0]).map(([chapter, all]) => h("li", {},
      h("a", { href: placeAddress(known, story.chapters[chapter].start) }, chapterTitle(story, chapter)), " ",
      count(app, all.length, `${person.short} in ${chapterTitle(story, chapter)}`, () => all.map((n) => mentionSpan(story, n)))))));
}

/** Where a person appears in the story so far: one bar for each part, dark for speech, light for mentions. */
function strip(app, person, large = false) {
  const { known, story } = app;
  const width = Math.max(1, known.limit);
  const bin = (at) => Math.min(STRIP_BINS - 1, Math.floor((at / width) * STRIP_BINS));
  const mentioned = new Float64Array(STRIP_BINS);
  const speaking = new Float64Array(STRIP_BINS);
  for (const n of person.mentions) mentioned[bin(story.mentions.starts[n])] += 1;
  for (const utterance of person.says) speaking[bin(utterance.first.start)] += 1;
  const most = Math.max(4, ...mentioned); // so that few mentions give low bars
  const loudest = Math.max(3, ...speaking);
  const path = (values, most) => [...values].map((v, n) => (v ? `M${n + 0.1} 10V${(10 - 9.4 * Math.sqrt(v / most)).toFixed(2)}h.8V10z` : "")).join("");
  const drawing = draw("svg", { class: `strip ${colour(person)}${large ? " large" : ""}`, viewBox: `0 0 ${STRIP_BINS} 10`, preserveAspectRatio: "none", role: "img", "aria-label": stripLabel(person, mentioned) },
    large && story.chapters.length > 1 && draw("path", { class: "chapters", d: story.chapters.filter((chapter) => chapter.start < known.limit).map((chapter) => `M${((chapter.start / width) * STRIP_BINS).toFixed(2)} 0V10`).join("") }),
    draw("path", { class: "mentioned", d: path(mentioned, most) }),
    draw("path", { class: "speaking", d: path(speaking, loudest) }),
    draw("path", { class: "ground", d: `M0 9.9H${STRIP_BINS}` }));
  if (large) {
    drawing.addEventListener("click", (event) => {
      const box = drawing.getBoundingClientRect();
      const from = ((event.clientX - box.left) / box.width) * known.limit;
      const n = person.mentions.find((m) => story.mentions.ends[m] >= from);
      app.goTo(n === undefined ? { start: Math.floor(from), end: Math.floor(from) } : mentionSpan(story, n));
    });
  }
  return drawing;
}

function stripLabel(person, bins) {
  const present = bins.reduce((n, v) => n + (v > 0), 0);
  return `${person.name} appears in ${percent(present / bins.length)} of the story`;
}
