// The Uncertain view: the decisions most worth checking, in order, answered with single keys.

const MAX_CHOICES = 7;

/** The questions; with `all`, also those whose present answer is more likely right than wrong. */
function doubtsOf(known, all) {
  const doubts = cached(known, "doubts", () => known.story.queue.filter((doubt) => doubt.end <= known.limit && canBeAsked(known, doubt)));
  return all ? doubts : cached(known, "doubts worth asking", () => doubts.filter((doubt) => doubt.isWorthAsking));
}

/** Whether a question can be asked without a spoiler. */
function canBeAsked(known, doubt) {
  const heardOf = [doubt.person, ...(doubt.kind === "same" ? [doubt.choices[0].person] : [])].every((index) => index === null || originalName(known, index) !== null);
  if (known.whole || doubt.kind !== "narrator") return heardOf;
  const narrator = currentPerson(known, doubt.person);
  return Boolean(narrator?.narrator) && narratorCandidates(known, doubt).length > 0;
}

function currentPerson(known, index) {
  return known.person(index === null ? null : known.story.currentIndex?.(index) ?? index);
}

/** Candidates for the narrator: named people, those first who are mentioned often but say little. */
function narratorCandidates(known, doubt) {
  const found = doubt.choices.map(({ person }) => currentPerson(known, person)).filter(Boolean);
  if (known.whole) return [...new Set(found)];
  const called = (person) => person.mentions.length / (1 + person.says.length);
  return known.cast.filter((person) => person.named && !person.group).sort((a, b) => called(b) - called(a));
}

function answerOf(app, doubt) {
  return app.corrections.of((one) =>
    doubt.kind === "speaker" ? one.quotation !== undefined && doubt.quotations.includes(one.quotation) && one.kind !== "addressees"
    : doubt.kind === "narrator" ? one.kind === "narrator"
    : (one.kind === "same" || one.kind === "apart") && one.people.includes(doubt.person) && one.people.includes(doubt.choices[0].person))[0];
}

function showUncertain(app, element) {
  const { known } = app;
  const doubts = doubtsOf(known, element.dataset.all === "yes");
  const nLeft = doubtsOf(known, true).length - doubts.length;
  const left = nLeft > 0 && h("p", { class: "quiet left" }, `${counted(nLeft, "line")} more ${nLeft === 1 ? "is" : "are"} uncertain, but not worth your time. `,
    h("button", { type: "button", class: "plain", onclick: () => { element.dataset.all = "yes"; showUncertain(app, element); app.focusHeading(); } }, "Ask about everything"));
  if (!doubts.length) {
    replace(element, h("h2", { tabindex: "-1" }, "Uncertain decisions"),
      h("p", {}, nLeft ? "There are no uncertain decisions worth asking about." : known.whole ? "Nothing to check: every speaker is almost certain." : "Nothing to check so far."), left);
    return;
  }
  const at = Math.min(Number(element.dataset.at) || 0, doubts.length - 1);
  const doubt = doubts[at];
  const answered = doubts.filter((one) => answerOf(app, one)).length;
  const answer = answerOf(app, doubt);
  const answers = possibleAnswers(app, doubt);
  replace(element,
    h("h2", { tabindex: "-1" }, "Uncertain decisions"),
    h("p", { class: "quiet", role: "status" }, `${at + 1} of ${doubts.length.toLocaleString("en")}, most important first · ${answered} answered`),
    h("div", { class: "progress", "aria-hidden": "true" }, h("span", { "--part": answered / doubts.length })),
    h("div", { class: "doubt", "data-doubt": at, "data-kind": doubt.kind },
      h("h3", {}, question(app, doubt)),
      doubt.kind === "speaker" && h("div", { class: "passage book", tabindex: "0", role: "region", "aria-label": "Passage" }, passageAround(app, doubt)),
      doubt.kind === "speaker" && h("p", { class: "quiet why" }, describeCurrent(known, doubt)),
      h("ol", { class: "answers" }, answers.map(({ key, words, act, note, current }) => h("li", {},
        h("button", { type: "button", class: current ? "current" : null, "data-key": key, "aria-keyshortcuts": key, onclick: () => { act(); step(app, element, 1, true); } },
          h("kbd", {}, key), " ", words, note && h("span", { class: "quiet" }, ` ${note}`))))),
      doubt.kind === "speaker" && h("div", { class: "someone" }, h("kbd", {}, "o"), personPicker(app, {
        label: "Someone else", pick: (choice) => { app.corrections.add({ kind: "speaker", quotation: known.story.quotations[doubt.quotations[0]].index, ...choice }); step(app, element, 1, true); },
        button: h("button", { type: "button", class: "plain", "data-key": "o", "aria-keyshortcuts": "o", onclick: () => element.querySelector(".someone input").focus() }, "Someone else"),
      })),
      h("p", { class: "moves" },
        move("b", "← Back", () => step(app, element, -1)), move("s", "Skip →", () => step(app, element, 1)),
        answer && move("u", "Undo", () => { app.corrections.remove(answer); app.focusHeading(); }),
        answer && h("span", { class: "mine" }, `✓ ${describeCorrection(known, answer) ?? ""}`)),
      doubt.kind !== "speaker" && peopleAsked(known, doubt).map((person) => personSummary(app, person)),
      h("p", {}, h("a", { href: doubt.kind === "speaker" ? address(known, `text/${known.story.quotations[doubt.quotations[0]].id}`) : placeAddress(known, doubt.start) }, "Open in the text"), " ", h("span", { class: "where" }, placeName(known.story, doubt.start)))),
    (at === doubts.length - 1 || answered === doubts.length) && left);
  scrollToMark(element.querySelector(".passage"));
}

/** Scroll the passage itself, not the page, so that the quotation is visible with some lines before it. */
function scrollToMark(passage) {
  const mark = passage?.querySelector("mark.open");
  if (mark) passage.scrollTop += mark.getBoundingClientRect().top - passage.getBoundingClientRect().top - passage.clientHeight / 3;
}

function move(key, words, act) {
  return h("button", { type: "button", class: "plain", "data-key": key, "aria-keyshortcuts": key, onclick: act }, h("kbd", {}, key), " ", words);
}

function question(app, doubt) {
  const { known } = app;
  if (doubt.kind === "narrator") return "Who is the narrator?";
  if (doubt.kind === "same") return `Are ${originalName(known, doubt.person)} and ${originalName(known, doubt.choices[0].person)} the same person?`;
  return "Who says this?";
}

function describeCurrent(known, doubt) {
  const quotation = known.story.quotations[doubt.quotations[0]];
  const speaker = known.speaker(quotation);
  if (quotation.corrected) return `Your answer: ${speaker ? speaker.name : quotation.by ?? "unknown"}.`;
  if (!speaker) return "No speaker found.";
  return `${speaker.name}, ${certainty(quotation.confidence)}: ${reason(known, quotation)}.`;
}

function possibleAnswers(app, doubt) {
  const { known, corrections } = app;
  if (doubt.kind === "same") {
    const people = [doubt.person, doubt.choices[0].person];
    return [
      { key: "1", words: "Yes, the same person", act: () => corrections.add({ kind: "same", people }) },
      { key: "2", words: "No, different people", act: () => corrections.add({ kind: "apart", people }) },
    ];
  }
  const chances = new Map(doubt.choices.map(({ person, confidence }) => [currentPerson(known, person)?.index, confidence]));
  const numbered = (people, act, note) => people.slice(0, MAX_CHOICES).map((person, n) => ({ key: String(n + 1), words: person.name, act: () => act(person), ...note(person) }));
  if (doubt.kind === "narrator") {
    return numbered(narratorCandidates(known, doubt), (person) => corrections.add({ kind: "narrator", person: person.index }), () => ({}));
  }
  const quotation = known.story.quotations[doubt.quotations[0]];
  const now = currentPerson(known, doubt.person);
  const people = [...new Set([now, ...doubt.choices.map(({ person }) => currentPerson(known, person)), ...peopleNear(known, quotation)])].filter(Boolean);
  const set = (person) => corrections.add({ kind: "speaker", quotation: quotation.index, person: person === null ? null : person.index });
  const note = (person) => {
    const chance = person === now ? doubt.confidence : chances.get(person.index);
    return { current: person === now, note: [person === now && "current", chance !== undefined && chance !== null && percent(chance)].filter(Boolean).join(", ") };
  };
  return [
    ...numbered(people, set, note),
    { key: "0", words: "Unknown", act: () => set(null) },
    { key: "n", words: "Not speech", act: () => corrections.add({ kind: "not_speech", quotation: quotation.index }) },
  ];
}

function passageAround(app, doubt) {
  const { story, known } = app;
  const first = blockAt(story, doubt.start);
  const last = blockAt(story, doubt.end - 1);
  const marks = quotationMarks(known, story.quotations[doubt.quotations[0]]);
  let from = first;
  for (let room = 320; from > 0 && room > 0 && first - from < 4; from--) room -= story.blocks.ends[from - 1] - story.blocks.starts[from - 1];
  let to = last + 1;
  for (let room = 400; to < story.blocks.length && story.blocks.ends[to] <= known.limit && room > 0 && to - last < 3; to++) room -= story.blocks.ends[to] - story.blocks.starts[to];
  return app.text.passage(from, to, marks);
}

/** The people that a question is about. */
function peopleAsked(known, doubt) {
  const asked = doubt.kind === "same" ? [doubt.person, doubt.choices[0].person] : [doubt.person];
  return [...new Set(asked.map((index) => currentPerson(known, index)))].filter(Boolean);
}

/** A person with some places where they are mentioned by name. */
function personSummary(app, person) {
  const named = [...person.forms("name").values(), ...person.forms("noun").values()].map((all) => all[0]).slice(0, 4).sort((a, b) => a - b);
  const some = named.length ? named : person.mentions.slice(0, 3);
  return h("section", { class: "block" }, h("h3", {}, personLink(app.known, person)), placeList(app, some.map((n) => mentionSpan(app.story, n))));
}

/** Go to another question; with `unanswered`, to the next one without an answer. */
function step(app, element, by, unanswered = false) {
  const doubts = doubtsOf(app.known, element.dataset.all === "yes");
  let at = (Number(element.dataset.at) || 0) + by;
  while (unanswered && at < doubts.length && answerOf(app, doubts[at])) at += 1;
  element.dataset.at = Math.max(0, Math.min(doubts.length - 1, at));
  showUncertain(app, element);
  window.scrollTo(0, 0);
  app.focusHeading();
}
