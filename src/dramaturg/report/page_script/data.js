// The data in the page → the story as the rest of the script uses it.
//
// The data count code points, JavaScript counts UTF-16 units: every place is converted here, once. Everywhere else a
// place is a number of units; only addresses (#text/1234) and the corrections file count code points again.

function readStory() {
  const element = document.getElementById("reading");
  const data = JSON.parse(element.textContent);
  element.remove();
  const { text } = data;
  const astral = astralPlaces(text);
  const units = (point) => point + lowerBound(astral.points, point);
  const points = (unit) => unit - lowerBound(astral.units, unit);

  const spans = ([distances, lengths]) => {
    const starts = new Int32Array(distances.length);
    const ends = new Int32Array(distances.length);
    let at = 0;
    for (let n = 0; n < distances.length; n++) {
      at += distances[n];
      starts[n] = astral.points.length ? units(at) : at;
      ends[n] = astral.points.length ? units(at + lengths[n]) : at + lengths[n];
    }
    return { starts, ends, length: distances.length };
  };

  const kinds = data.mention_kinds.length;
  const mentions = spans(data.mentions);
  mentions.who = Int32Array.from(data.mentions[2], (code) => Math.floor(code / kinds));
  mentions.kind = data.mentions[2].map((code) => data.mention_kinds[code % kinds]);

  const blocks = cutLong(spans(data.blocks), data.blocks[2].map((role) => data.roles[role]), text);

  const chapters = spans(data.chapters);
  const people = data.people.map(([id, name, named, group, aliases, pronouns, narrator], index) => ({
    index, id, name, named, group, aliases, pronouns, narrator,
  }));
  const events = spans(data.events);
  const quotations = readQuotations(data, spans(data.quotations), units, points);

  return {
    text, units, points, blocks, mentions, people, quotations,
    end: text.length,
    source: data.source,
    title: data.source.title || data.source.path,
    version: data.version,
    warnings: data.warnings,
    emphasis: withMarks(text, spans(data.emphasis)),
    thoughts: spans(data.thoughts),
    chapters: Array.from(chapters.starts, (start, n) => ({ start, end: chapters.ends[n], title: data.chapters[2][n] })),
    events: Array.from(events.starts, (start, n) => ({
      start, end: events.ends[n], agents: data.events[2][n], patients: data.events[3][n],
    })),
    utterances: utterancesOf(quotations),
    queue: data.uncertain.map(([kind, start, end, said, who, chance, choices]) => ({
      kind,
      start: units(start),
      end: units(end),
      quotations: said,
      person: who < 0 ? null : who,
      confidence: chance < 0 ? null : chance / 1000,
      choices: choices.map(([other, likely]) => ({ who: other, confidence: likely < 0 ? null : likely / 1000 })),
    })),
    corrections: data.corrections,
    person: new Map(people.map((person) => [person.id, person])),
    quotation: new Map(quotations.map((quotation) => [quotation.id, quotation])),
    quotationStarts: Int32Array.from(quotations, (quotation) => quotation.start),
    lineStarts: ["text", "plain", "markdown"].includes(data.source.format) ? newlines(text) : null,
  };
}

const LONGEST_BLOCK = 20000; // units: what is longer (a whole book on one line) is set in several pieces

/** Blocks none of which is too long to be set at once; `continued`: it goes on with the one before. */
function cutLong(spans, roles, text) {
  const cut = { starts: [], ends: [], role: [], continued: [] };
  for (let n = 0; n < spans.length; n++) {
    let start = spans.starts[n];
    while (start < spans.ends[n]) {
      let end = spans.ends[n];
      if (end - start > LONGEST_BLOCK) {
        const space = text.lastIndexOf(" ", start + LONGEST_BLOCK);
        end = space > start ? space + 1 : start + LONGEST_BLOCK + (/[\udc00-\udfff]/.test(text.charAt(start + LONGEST_BLOCK)) ? 1 : 0);
      }
      cut.starts.push(start);
      cut.ends.push(end);
      cut.role.push(roles[n]);
      cut.continued.push(start > spans.starts[n]);
      start = end;
    }
  }
  return { starts: Int32Array.from(cut.starts), ends: Int32Array.from(cut.ends), role: cut.role, continued: cut.continued, length: cut.starts.length };
}

/** Where letters stand that JavaScript counts twice: in code points, and in units just behind them. */
function astralPlaces(text) {
  const points = [];
  const units = [];
  for (let at = 0; at < text.length; at++) {
    const high = text.charCodeAt(at);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(at + 1);
    if (!(low >= 0xdc00 && low <= 0xdfff)) continue;
    points.push(at - points.length);
    at += 1;
    units.push(at);
  }
  return { points, units };
}

function readQuotations(data, spans, units, points) {
  const [, , groups, within, speakers, addressees, chances, evidence, alternatives] = data.quotations;
  const list = [];
  for (let n = 0; n < spans.length; n++) {
    const start = spans.starts[n];
    const reason = evidence[n];
    const from = reason ? points(start) + reason[1] : 0;
    list.push({
      index: n,
      id: data.quotation_ids ? data.quotation_ids[n] : `q${n + 1}`,
      start,
      end: spans.ends[n],
      group: n - groups[n],
      within: within[n] ?? null,
      speaker: speakers[n] < 0 ? null : speakers[n],
      addressees: addressees[n],
      confidence: chances[n] < 0 ? null : chances[n] / 1000,
      evidence: reason ? { kind: data.evidence_kinds[reason[0]], start: units(from), end: units(from + reason[2]) } : null,
      alternatives: (alternatives[n] ?? []).map(([who, chance]) => ({ who, confidence: chance / 1000 })),
      speech: true,
      corrected: false,
      by: null, // somebody who was not found, named by the one who put this right
    });
  }
  return list;
}

/** What somebody says in one go: the parts of one group. Speech inside speech is left to the utterance around it. */
function utterancesOf(quotations) {
  const groups = new Map();
  for (const quotation of quotations) {
    if (quotation.within !== null) continue;
    if (!groups.has(quotation.group)) groups.set(quotation.group, []);
    groups.get(quotation.group).push(quotation);
  }
  return [...groups.values()].map((parts, index) => {
    const utterance = { index, parts, first: parts[0] };
    for (const part of parts) part.utterance = utterance;
    return utterance;
  });
}

/** Emphasis with the marks of plain text around it (`*`, `__`), which are not shown. */
function withMarks(text, spans) {
  const marks = new Int32Array(spans.length);
  for (let n = 0; n < spans.length; n++) {
    const before = /(\*+|_+)$/.exec(text.slice(Math.max(0, spans.starts[n] - 3), spans.starts[n]));
    const after = /^(\*+|_+)/.exec(text.slice(spans.ends[n], spans.ends[n] + 3));
    if (before && after && before[0][0] === after[0][0]) marks[n] = Math.min(before[0].length, after[0].length);
  }
  return { ...spans, marks };
}

function newlines(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
