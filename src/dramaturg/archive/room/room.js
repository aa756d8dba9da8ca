// The reading room's script: uploads files, shows the progress of reading, and saves corrections.
"use strict";

const SECRET = document.querySelector('meta[name="dramaturg-secret"]').content;
const POLL_MS = 1000; // between two requests for the list of jobs
const REFRESH_MS = 15000; // between two updates of the list of stories while reading goes on

function send(address, body) {
  return fetch(address, { method: "POST", body, headers: { "X-Dramaturg": SECRET } });
}

async function errorMessage(response) {
  const text = await response.text();
  try { return JSON.parse(text).message || ""; } catch { return text || response.statusText; }
}

// ---- uploads

const jobs = document.getElementById("jobs");
const notSent = []; // files that could not be uploaded

async function upload(files) {
  const largest = Number(document.getElementById("upload").dataset.largest);
  for (const file of files) {
    if (file.size > largest) {
      notSent.unshift({ name: file.name, state: "failed", message: "larger than " + Math.floor(largest / 1048576) + " MB" });
      updateJobs();
      continue;
    }
    try {
      const response = await send("/uploads?" + new URLSearchParams({ name: file.name }), file);
      if (!response.ok) notSent.unshift({ name: file.name, state: "failed", message: await errorMessage(response) });
    } catch (error) {
      notSent.unshift({ name: file.name, state: "failed", message: String(error) });
    }
    updateJobs();
  }
}

let timer = null;
let busy = false;
let refreshed = Date.now();

async function updateJobs() {
  clearTimeout(timer);
  const all = await (await fetch("/jobs")).json();
  const working = all.some((job) => job.state === "waiting" || job.state === "reading");
  showJobs([...notSent, ...all].slice(0, 12));
  if (busy && (!working || Date.now() > refreshed + REFRESH_MS)) refreshStories();
  busy = working;
  if (working) timer = setTimeout(updateJobs, POLL_MS);
}

function showJobs(list) {
  jobs.replaceChildren(...list.map((job) => {
    const item = document.createElement("li");
    item.className = job.state;
    if (job.story) {
      const link = document.createElement("a");
      link.href = "/stories/" + job.story;
      link.textContent = job.name;
      item.append(link);
    } else {
      item.append(job.name);
    }
    item.append(": " + job.state + (job.message ? " (" + job.message + ")" : "") + " ");
    if (job.state === "reading" && job.listed > 1) {
      const bar = document.createElement("progress");
      bar.max = job.listed;
      bar.value = job.done;
      item.append(bar, " " + job.done + " of " + job.listed);
    }
    return item;
  }));
}

async function refreshStories() {
  refreshed = Date.now();
  const text = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const name of ["table", ".counts", ".page-links", ".empty"]) {
    const current = document.querySelector("main " + name);
    const fetched = fresh.querySelector("main " + name);
    if (current && fetched) current.replaceWith(fetched);
    else if (fetched) document.querySelector("main").append(fetched);
    else if (current) current.remove();
  }
}

if (jobs) {
  const chooser = document.getElementById("files");
  document.getElementById("upload").addEventListener("submit", (event) => event.preventDefault());
  chooser.addEventListener("change", () => { upload([...chooser.files]); chooser.value = ""; });
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); document.body.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    upload([...event.dataTransfer.files]);
  });
  updateJobs();
}

// ---- corrections

const correct = document.getElementById("correct");

async function save(event) {
  event.preventDefault();
  const status = document.getElementById("status");
  status.textContent = "Reading…";
  const story = correct.dataset.story;
  const response = await send("/stories/" + story + "/corrections", document.getElementById("toml").value);
  if (!response.ok) { status.textContent = await errorMessage(response); return; }
  const { job } = await response.json();
  for (;;) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    const own = (await (await fetch("/jobs")).json()).find((one) => one.id === job);
    if (!own || own.state === "done" || own.state === "failed") {
      status.textContent = own ? own.state + (own.message ? ": " + own.message : "") : "done";
      if (own && own.story) location.href = "/stories/" + own.story;
      return;
    }
  }
}

if (correct) {
  correct.addEventListener("submit", save);
  // The story's page, which has no rights here, may send its corrections; the user still has to save them. It sends all of
  // them each time, so they are merged into the text from before the last time, unless the user has edited it since.
  const area = document.getElementById("toml");
  const frame = document.querySelector("iframe.story").contentWindow;
  const sayHello = () => frame.postMessage({ dramaturg: "room" }, "*"); // the page has an opaque origin
  let [beforeMerge, afterMerge] = [area.value, area.value];
  window.addEventListener("message", async (event) => {
    if (event.source !== frame || !event.data || event.data.dramaturg !== "page") return;
    if (typeof event.data.corrections !== "string") { sayHello(); return; }
    const status = document.getElementById("status");
    const text = area.value === afterMerge ? beforeMerge : area.value;
    const response = await send("/merged", JSON.stringify({ text, more: event.data.corrections }));
    document.querySelector("details.corrections").open = true;
    if (!response.ok) { status.textContent = await errorMessage(response); return; }
    beforeMerge = text;
    area.value = (await response.json()).text;
    afterMerge = area.value; // as the browser normalises it
    status.textContent = "Added from the page, not saved yet.";
    const button = correct.querySelector("button");
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  });
  sayHello();
  document.getElementById("toml-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) document.getElementById("toml").value = await file.text();
  });
}
