// Choosing a person: those nearby as buttons, and everybody by the first letters of any of their names.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

const OPTIONS_SHOWN = 8;
const NEAR_SHOWN = 5;
let pickers = 0; // so that every list has an id of its own

/**
 * `near`: the people to offer as buttons. `without`: a person not to offer. `others`: [words, choice] beside the people.
 * `pick` is called with the choice: {person: an index or null, name: a new name}. `isNew`: whether a new name is allowed.
 */
function personPicker(app, { label, near = [], without = null, others = [], pick, isNew = true, button = null }) {
  const { known } = app;
  const list = h("ul", { role: "listbox", id: `options-${++pickers}`, "aria-label": label, hidden: true });
  const field = h("input", {
    type: "text", role: "combobox", "aria-label": label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    placeholder: "type a name", autocomplete: "off", autocapitalize: "words", spellcheck: "false", maxlength: 80,
  });
  const chips = near.filter((person) => person && person !== without).slice(0, NEAR_SHOWN);
  let options = [];
  let active = -1;

  function show(all = false) {
    options = field.value.trim() || all ? optionsFor(field.value.trim()) : [];
    active = options.length && field.value.trim() ? 0 : -1;
    replace(list, options.map(({ words, colours }, n) => h("li", {
      role: "option", id: `${list.id}-${n}`, class: colours, dir: "auto",
      onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
      onclick: () => choose(n),
    }, words)));
    move(0);
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  function optionsFor(typed) {
    const wanted = folded(typed);
    const rank = (person) => {
      const names = namesOf(known, person);
      if (names.some((name) => name === wanted)) return 0;
      if (names.some((name) => name.startsWith(wanted) || name.split(/[ -]/).some((word) => word.startsWith(wanted)))) return 1;
      return names.some((name) => name.includes(wanted)) ? 2 : 3;
    };
    const isNear = new Set(near);
    const people = known.cast.filter((person) => person !== without).map((person) => ({ person, rank: rank(person) + (isNear.has(person) ? 0 : 0.5) }))
      .filter((one) => one.rank < 3).sort((a, b) => a.rank - b.rank).slice(0, OPTIONS_SHOWN);
    const found = [
      ...people.map(({ person }) => ({ words: person.name, colours: colour(person), choice: { person: person.index } })),
      ...others.filter(([words]) => folded(words).startsWith(wanted)).map(([words, choice]) => ({ words, colours: "quiet", choice })),
    ];
    const isKnown = !typed || people.some(({ person }) => folded(person.name) === wanted) || others.some(([words]) => folded(words) === wanted);
    return isNew && !isKnown ? [...found, { words: `Someone new: ${typed}`, colours: "quiet", choice: { person: null, name: typed } }] : found;
  }

  function move(by) {
    active = options.length ? Math.max(by < 0 ? 0 : -1, Math.min(options.length - 1, active + by)) : -1;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
    if (active >= 0) field.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    else field.removeAttribute("aria-activedescendant");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function choose(n) {
    const option = options[n];
    if (option) pick(option.choice);
  }

  field.addEventListener("input", () => show());
  field.addEventListener("blur", () => { list.hidden = true; field.setAttribute("aria-expanded", "false"); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) show(true);
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") choose(active);
    else if (event.key === "Escape" && field.value) {
      field.value = "";
      show();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  });
  return h("div", { class: "picker" },
    h("div", { class: "near" },
      chips.map((person) => h("button", { type: "button", class: `chip ${colour(person)}`, dir: "auto", onclick: () => pick({ person: person.index }) }, person.short)),
      others.map(([words, choice]) => h("button", { type: "button", class: "chip quiet", onclick: () => pick(choice) }, words)),
      button),
    h("div", { class: "combo" }, field, list));
}

/** The names of a person that may be typed, folded; the aliases only where they are no spoiler. */
function namesOf(known, person) {
  const aliases = known.whole ? known.story.people[person.index].aliases : [];
  return cached(known, `names ${person.index}`, () => [person.name, ...person.forms("name").keys(), ...aliases].map(folded));
}

/** In lower case, without accents. */
function folded(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
