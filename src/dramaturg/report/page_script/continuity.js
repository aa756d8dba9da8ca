// The Continuity view: places that do not agree, each with a button that says it is meant so.

function showContinuity(app, element) {
  const { known, story, corrections } = app;
  const slips = slipsSoFar(known);
  const meant = (slip) => corrections.of((one) => one.kind === "meant" && one.slip === slip.index)[0];
  const [open, dismissed] = [slips.filter((slip) => !meant(slip)), slips.filter(meant)];
  replace(element,
    h("h2", { tabindex: "-1" }, "Continuity"),
    h("p", { class: "quiet" }, "Places of the story that do not agree, the gravest and surest first. Whether you meant them so, only you know."),
    !open.length && h("p", {}, `${known.whole ? "No slips found" : "No slips found so far"}${dismissed.length ? " but those that are meant so" : ""}.`),
    h("ol", { class: "slips" }, open.map((slip) => slipRow(app, slip, h("button", { type: "button", onclick: () => {
      const made = { kind: "meant", slip: slip.index };
      corrections.add(made);
      app.tell("Meant so: it is not shown again once the story is read with your corrections", () => corrections.remove(made));
      app.focusHeading();
    } }, "Meant so")))),
    dismissed.length > 0 && h("details", {}, h("summary", {}, `Meant so (${dismissed.length})`), h("ul", { class: "slips" }, dismissed.map((slip) =>
      slipRow(app, slip, h("button", { type: "button", class: "plain", onclick: () => { corrections.remove(meant(slip)); app.focusHeading(); } }, "Undo"))))));
}

/** The slips whose places have all been read. */
function slipsSoFar(known) {
  return known.story.slips.filter((slip) => slip.places.every(({ end }) => end <= known.limit));
}

/** What a slip is about; its sentence has the names of the whole story, which may be spoilers. */
function slipWords(known, slip) {
  const person = known.person(slip.person === null ? null : known.story.currentIndex?.(slip.person) ?? slip.person);
  return known.whole ? slip.says : `${slip.kind}${person ? ` of ${person.name}` : ""}`;
}

function slipRow(app, slip, button) {
  const { known, story } = app;
  return h("li", {},
    h("p", {}, h("b", {}, slip.kind), " ", h("span", { dir: "auto" }, slipWords(known, slip)), " ", button),
    h("ul", {}, slip.places.map((place) => h("li", {},
      h("a", { href: placeAddress(known, place.start), onclick: (event) => { event.preventDefault(); app.goTo(place); } }, placeName(story, place.start)), ": ",
      h("span", { class: "snippet", dir: "auto" }, markedSnippet(known, place))))));
}

/** The words around a place, the place itself marked. */
function markedSnippet({ story, limit }, { start, end }) {
  const [from, to] = [Math.max(0, start - 60), Math.min(limit, end + 60)];
  const before = story.text.slice(from, start).replace(/^\S*\s/, "").replace(/\s+/g, " ");
  const after = story.text.slice(end, to).replace(/\s\S*$/, "").replace(/\s+/g, " ");
  return [from > 0 && "…", wholeAt(before), h("mark", {}, clip(story.text.slice(start, end), 200)), whole(after), to < story.end && "…"];
}
