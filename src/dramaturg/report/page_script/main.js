// The page as a whole: its views, its address, the spoiler limit, clicks and keyboard shortcuts. Starts the program.

const TOLD_MS = 12000;

function start() {
  const story = readStory();
  const element = (id) => document.getElementById(id);
  const views = Object.fromEntries(VIEWS.map((name) => [name, element(`view-${name}`)]));
  const titlePage = element("title-page"); // moves below the story's own title, if there is one
  const scrolls = {};
  const app = {
    story,
    known: null,
    route: { view: null, name: "", parameters: new URLSearchParams() },
    sought: null, // the span to mark at the next place that is opened
    focusNext: null,
  };
  app.text = makeTextView(app, element("story"), element("title-page"));
  app.side = makeSidePanel(app, element("side"));
  /** Render again after a correction: these quotations, or everything for null. */
  app.correctionsChanged = (quotations) => {
    if (quotations === null) applyLimit(app.known.limit);
    else {
      app.known = knownUpTo(story, app.known.limit);
      app.text.refresh(app.known, quotations);
      showTitle();
    }
    render();
  };
  app.corrections = makeCorrections(app);
  app.selection = makeSelectionBox(app, element("selected"), element("story"));
  app.room = connectToRoom(app);

  function render() {
    app.selection.close();
    const before = app.route;
    const route = parseAddress(location.hash);
    const limit = route.upto === null ? story.end : Math.min(story.units(route.upto), story.end);
    if (app.known?.limit !== limit) applyLimit(limit);
    app.route = route;
    const fresh = before.view !== route.view;
    if (fresh && before.view) scrolls[before.view] = window.scrollY;
    for (const [name, view] of Object.entries(views)) view.hidden = name !== route.view;
    document.body.dataset.view = route.view;
    for (const link of document.querySelectorAll("#views a")) {
      if (link.dataset.view === "continuity") link.hidden = !story.slips.length && route.view !== "continuity";
      link.href = address(app.known, link.dataset.view);
      if (link.dataset.view === route.view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (fresh && before.view) app.side.close();
    if (route.view === "text") showText(fresh);
    else {
      if (!fresh && before.name !== route.name) app.side.close();
      ({ people: showPeople, connections: showConnections, search: showSearch, uncertain: showUncertain, continuity: showContinuity, corrections: showCorrections })[route.view](app, views[route.view], route.name);
      if (fresh || before.name !== route.name) window.scrollTo(0, fresh && !route.name ? (scrolls[route.view] ?? 0) : 0);
    }
    if (app.focusNext) views[route.view].querySelector(app.focusNext)?.focus();
    else if (before.view && (fresh || before.name !== route.name) && route.view !== "text") focusHeading();
    app.focusNext = null;
  }

  /** Set the spoiler limit, and render everything again. */
  function applyLimit(limit) {
    const top = app.known && app.route.view === "text" ? app.text.topBlock() : null;
    app.known = knownUpTo(story, limit);
    app.side.close();
    app.text.show(app.known);
    if (top !== null) app.text.goTo(Math.min(story.blocks.starts[top] ?? 0, limit - 1), [], { centre: false });
    showTitle();
    showLimit();
  }

  function showText(fresh) {
    const { name } = app.route;
    const { known, sought } = app;
    app.sought = null;
    if (fresh && !name) {
      window.scrollTo(0, scrolls.text ?? 0);
      return;
    }
    const quotation = story.quotation.get(name);
    if (quotation) {
      if (quotation.end <= known.limit) open(quotation, fresh);
      return;
    }
    const mention = /^m(\d{1,9})$/.exec(name);
    if (mention) {
      const n = lowerBound(story.mentions.starts, story.units(Number(mention[1])));
      if (n >= story.mentions.length || story.mentions.ends[n] > known.limit) return;
      const span = { ...mentionSpan(story, app.asked ?? n), kind: "open" };
      showPassage(span.start, [span], fresh);
      showMention(app, app.asked ?? n);
      app.asked = null;
      return;
    }
    if (/^\d{1,9}$/.test(name)) {
      const place = story.units(Number(name));
      if (place >= known.limit) return;
      if (narrow()) app.side.close();
      const row = app.text.goTo(place, sought && sought.end > sought.start ? [{ ...sought, kind: "open" }] : [], { centre: Boolean(sought) });
      row?.classList.add("arrived");
    }
  }

  /** Scroll to a place if it is not visible. */
  function showPassage(start, marks, always) {
    app.text.mark(marks);
    const n = blockAt(story, start);
    const row = app.text.row(n);
    const box = row?.getBoundingClientRect();
    const lower = narrow() ? window.innerHeight * 0.4 : window.innerHeight - 40;
    if (always || !box || !box.height || box.top < 60 || box.top > lower) app.text.goTo(start, marks);
  }

  function open(quotation, always) {
    const marks = quotationMarks(app.known, quotation);
    showPassage(quotation.start, marks, always);
    showQuotation(app, quotation);
    // On a phone the panel covers the lower half of the screen, so scroll the quotation above it.
    if (narrow()) requestAnimationFrame(() => scrollTarget()?.scrollIntoView({ block: "start" }));
  }

  /** The element to scroll to the top of a phone's screen: the quotation, or evidence shortly before it. */
  function scrollTarget() {
    const [quotation, evidence] = ["mark.open", "mark.evidence"].map((mark) => element("story").querySelector(mark));
    const above = quotation && evidence ? quotation.getBoundingClientRect().top - evidence.getBoundingClientRect().top : -1;
    return above > 0 && above < window.innerHeight / 8 ? evidence : quotation;
  }

  Object.assign(app, {
    follow,
    goTo(span) {
      if (span.quotation) return app.openQuotation(span.quotation);
      app.sought = span;
      return follow(span.href ?? placeAddress(app.known, span.start));
    },
    openQuotation(quotation, { focus = false } = {}) {
      follow(address(app.known, `text/${quotation.id}`));
      if (focus) app.side.focus();
    },
    openMention(n) {
      app.asked = n;
      follow(address(app.known, `text/m${story.points(story.mentions.starts[n])}`));
    },
    closeSide() {
      app.side.close();
      app.text.mark([]);
      if (app.route.view === "text" && app.route.name) {
        history.replaceState(null, "", address(app.known, "text"));
        app.route = parseAddress(location.hash);
      }
    },
    setLimit(place) {
      const old = app.known;
      const target = place === null || place >= story.end ? story.end : Math.max(1, place);
      const next = knownUpTo(story, target);
      follow(addressAtLimit(old, next, app.route));
    },
    focusAfter(selector) {
      app.focusNext = selector;
    },
    focusHeading,
    render,
    tell,
  });

  let telling = 0;

  /** Say for some seconds what was done, with a button that undoes it. */
  function tell(words, undo) {
    clearTimeout(telling);
    const hide = () => replace(element("told"));
    replace(element("told"), h("p", {}, h("span", { dir: "auto" }, `✓ ${words}`), " ", h("button", { type: "button", class: "plain", onclick: () => { undo(); hide(); } }, "Undo")));
    telling = setTimeout(hide, TOLD_MS);
  }

  function follow(hash) {
    if (hash === location.hash) {
      render();
      return;
    }
    history.pushState(null, "", hash);
    render();
  }

  function focusHeading() {
    views[app.route.view].querySelector("h2")?.focus({ preventScroll: true });
  }

  function narrow() {
    return window.matchMedia("(max-width: 60rem)").matches;
  }

  // The title page and the spoiler limit

  function showTitle() {
    const { known } = app;
    const hasTitle = story.blocks.role[0] === "title";
    const lines = known.utterances.length;
    const unknown = known.utterances.filter((utterance) => !known.speaker(utterance.first)).length;
    replace(titlePage,
      !hasTitle && h("p", { class: `booktitle${story.source.title ? "" : " untitled"}`, dir: "auto" }, story.title),
      story.source.author && h("p", { class: "byline", dir: "auto" }, `by ${story.source.author}`),
      h("p", { class: "quiet counts" }, counted(countWords(story.text, known.limit), "word"), " · ",
        h("a", { href: address(known, "people") }, counted(known.cast.length, "character")), ` · ${counted(lines, "line")} of speech`,
        unknown > 0 && [", ", h("a", { href: address(known, "search", { by: "nobody" }) }, `${unknown.toLocaleString("en")} without a speaker`)], !known.whole && " · so far"),
      story.warnings.length > 0 && h("ul", { class: "warnings" }, story.warnings.map((warning) => h("li", {}, warning))),
      story.chapters.length > 1 && h("details", { class: "contents" }, h("summary", {}, "Contents"), h("ol", {}, story.chapters.map((chapter, n) => chapter.start < known.limit && h("li", {}, h("a", { href: placeAddress(known, chapter.start) }, chapterTitle(story, n)))))));
  }

  function showLimit() {
    const { known } = app;
    const part = Math.min(1, known.limit / Math.max(1, story.end));
    element("limit-button").textContent = known.whole ? "Hide spoilers after…" : `Read up to ${percent(part)}`;
    element("limit-button").classList.toggle("set", !known.whole);
    const steps = story.blocks.length;
    const n = known.whole ? steps : lowerBound(story.blocks.starts, known.limit);
    const output = h("output", {}, known.whole ? "the whole story" : limitLabel(known.limit));
    const slider = h("input", { type: "range", min: 1, max: Math.max(1, steps), value: n, "aria-label": "How far you have read, in paragraphs",
      oninput: () => { output.textContent = Number(slider.value) >= steps ? "the whole story" : limitLabel(story.blocks.ends[slider.value - 1]); },
      onchange: () => setFromPanel(Number(slider.value) >= steps ? null : story.blocks.ends[slider.value - 1]) });
    const chapters = story.chapters.length > 1 && h("select", { "aria-label": "Hide spoilers after the end of a chapter", onchange: (event) => event.target.value && setFromPanel(story.chapters[event.target.value].end) },
      h("option", { value: "" }, "End of chapter…"),
      story.chapters.map((chapter, index) => h("option", { value: index }, chapter.start < known.limit ? chapterTitle(story, index) : `Chapter ${index + 1}`)));
    replace(element("limit-panel"),
      h("p", {}, "Set how far you have read. People, counts, charts and search then cover the story only up to that point."),
      h("p", {}, h("button", { type: "button", class: "main", onclick: () => setFromPanel(app.text.lastOnScreen()), hidden: app.route.view !== "text" && app.route.view !== null }, "Up to the last line on screen")),
      chapters && h("p", {}, chapters),
      h("p", { class: "slider" }, slider, output),
      h("p", {}, h("button", { type: "button", disabled: known.whole, onclick: () => setFromPanel(null) }, "Show the whole story")));
  }

  function limitLabel(place) {
    return `${percent(place / story.end)}, ${placeName(story, Math.max(0, place - 1))}`;
  }

  function setFromPanel(place) {
    toggleLimitPanel(false);
    element("limit-button").focus();
    app.setLimit(place);
  }

  function toggleLimitPanel(shown = element("limit-panel").hidden) {
    if (shown) showLimit();
    element("limit-panel").hidden = !shown;
    element("limit-button").setAttribute("aria-expanded", String(shown));
    if (shown) element("limit-panel").querySelector("button:not([hidden]), select, input")?.focus();
  }

  // Mouse, touch and keyboard

  for (const book of [element("story"), views.uncertain]) {
    book.addEventListener("click", (event) => {
      const here = event.target.closest("[data-here]");
      if (here) return app.setLimit(Number(here.dataset.here));
      if (!getSelection().isCollapsed || event.ctrlKey || event.metaKey || event.shiftKey) return null;
      const mention = event.target.closest("[data-m]");
      const speech = event.target.closest("[data-q]");
      if (mention && (mention.tagName === "A" || !speech)) {
        event.preventDefault();
        return app.openMention(Number(mention.dataset.m));
      }
      if (!speech) return null;
      app.openQuotation(story.quotations[speech.dataset.q], { focus: speech.tagName === "BUTTON" });
      // After a click on a name you can type another one at once. A finger would only bring up its keyboard.
      const clicked = speech.tagName === "BUTTON" && event.detail > 0 && event.pointerType !== "touch";
      return clicked && app.side.element.querySelector(".correct-speaker input")?.focus({ preventScroll: true });
    });
  }
  element("limit-button").addEventListener("click", () => toggleLimitPanel());
  element("help-button").addEventListener("click", () => element("help").showModal());
  element("skip").addEventListener("click", (event) => {
    event.preventDefault();
    (app.route.view === "text" ? element("story") : views[app.route.view].querySelector("h2"))?.focus();
  });
  document.addEventListener("click", (event) => {
    if (!element("limit-panel").hidden && !event.target.closest("#limit")) toggleLimitPanel(false);
  });
  const keys = element("keys-on");
  keys.checked = storage.get("keys") !== false;
  keys.addEventListener("change", () => storage.set("keys", keys.checked));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !element("help").open) {
      if (app.selection.isOpen()) app.selection.close();
      else if (!element("limit-panel").hidden) {
        toggleLimitPanel(false);
        element("limit-button").focus();
      } else if (app.side.isOpen()) app.closeSide();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    if (app.selection.isOpen() && event.key.length === 1 && event.key !== " ") {
      app.selection.type();
      return;
    }
    const { view } = app.route;
    const inMargin = event.target.closest?.(".who");
    if (view === "text" && inMargin && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      stepMargin(event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (!keys.checked) return;
    if (view === "uncertain") {
      const button = [...views.uncertain.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
      if (button) {
        event.preventDefault();
        button.click();
        return;
      }
    }
    const go = { t: "text", p: "people", c: "connections", "/": "search", u: "uncertain" }[event.key];
    if (go) {
      event.preventDefault();
      if (go === "search") app.focusAfter("[name=words]");
      follow(address(app.known, go));
    } else if (event.key === "?") element("help").showModal();
    else if (view === "text" && (event.key === "j" || event.key === "k")) stepMargin(event.key === "j" ? 1 : -1);
    else if (view === "text" && event.key === "x") {
      const row = event.target.closest?.("[data-block]");
      app.setLimit(row ? story.blocks.ends[row.dataset.block] : app.text.lastOnScreen());
    }
  });

  /** Focus the next or previous quotation in the margin, or the first one on screen. */
  function stepMargin(by) {
    const button = document.activeElement?.closest?.(".who");
    let next = null;
    if (button) {
      const row = button.closest("[data-block]");
      const siblings = [...row.querySelectorAll(".who")];
      const sibling = siblings[siblings.indexOf(button) + by];
      if (sibling) return focusMargin(sibling);
      next = marginFrom(Number(row.dataset.block) + by, by);
    } else next = marginFrom(app.text.topBlock(), 1);
    return next && focusMargin(by < 0 ? next[next.length - 1] : next[0]);
  }

  function marginFrom(block, by) {
    for (let n = block; n >= 0 && n < story.blocks.length && story.blocks.starts[n] < app.known.limit; n += by) {
      app.text.reveal(n);
      const buttons = app.text.row(n)?.querySelectorAll(".who");
      if (buttons?.length) return buttons;
    }
    return null;
  }

  function focusMargin(button) {
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
    if (app.side.isOpen() && /^q/.test(app.route.name)) app.openQuotation(story.quotations[button.dataset.q]);
  }

  window.addEventListener("hashchange", render);
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    app.text.renderAll();
    unfolded = [...views[app.route.view].querySelectorAll("details:not([open], .correct, .contents)")];
    for (const one of unfolded) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });
  history.scrollRestoration = "manual";
  document.documentElement.classList.add("ready");
  render();
  performance.mark("usable");
}

/** The current address for another spoiler limit, without people who have not appeared by then. */
function addressAtLimit(old, then, route) {
  const token = (value) => {
    const person = personCalled(old, value);
    return person && then.people[person.index] ? then.people[person.index].token : value === "nobody" ? value : null;
  };
  const parameters = Object.fromEntries(route.parameters);
  for (const name of ["by", "to"]) if (parameters[name]) parameters[name] = token(parameters[name]);
  if (route.view === "people" && route.name) {
    const name = token(route.name);
    return address(then, name ? `people/${name}` : "people", parameters);
  }
  return address(then, route.view === "text" ? "text" : route.name ? `${route.view}/${route.name}` : route.view, parameters);
}

function countWords(text, end) {
  let n = 0;
  let inside = false;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    const space = code === 32 || (code >= 9 && code <= 13) || code === 160;
    if (!space && !inside) n += 1;
    inside = !space;
  }
  return n;
}

start();
