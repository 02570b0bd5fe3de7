import { lasted, look, moment, plain, outageTitle } from "./watching.js";

// The timeline page: newest events first, new ones appear by themselves, and it says so when nobody is watching.
const byId = id => document.getElementById(id);
const timeline = byId("timeline");
const filters = { label: byId("label"), pipeline: byId("pipeline") };
const shown = new Set();
const mostCards = 240; // a page that stays open for weeks must not grow
let page = 1;
let asked = 0;

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const percent = confidence => `${Math.round(confidence * 100)} %`;

function title(detections) {
  if (detections.length === 0) return "Quiet";
  const best = new Map();
  for (const { label, confidence } of detections) {
    const known = best.get(label) ?? { count: 0, confidence: 0 };
    best.set(label, { count: known.count + 1, confidence: Math.max(known.confidence, confidence) });
  }
  return [...best].map(([label, { count, confidence }]) =>
    `${count > 1 ? `${count} × ` : ""}${label} ${percent(confidence)}`).join(", ");
}

const labelsOf = ({ args }) => args.sight ? ["sight"] : args.unanswered_alert ? ["alert"] : (args.inference_result ?? []).map(found => found.label);

function showPicture(article, args, detections, heading) {
  const link = article.querySelector(".picture");
  const image = link.querySelector("img");
  const folder = `api/data/${args.rel_dir}/`;
  link.href = folder + args.image_file_name;
  image.src = folder + args.thumbnail_file_name;
  image.alt = heading;
  image.addEventListener("error", () => {
    link.classList.add("missing");
    link.replaceChildren("The picture is not there");
  });
  const drawing = link.querySelector("svg");
  for (const { box, label, confidence } of detections) {
    if (!box) continue;
    const rectangle = document.createElementNS(drawing.namespaceURI, "rect");
    rectangle.setAttribute("x", box.xmin);
    rectangle.setAttribute("y", box.ymin);
    rectangle.setAttribute("width", Math.max(0, box.xmax - box.xmin));
    rectangle.setAttribute("height", Math.max(0, box.ymax - box.ymin));
    rectangle.append(Object.assign(document.createElementNS(drawing.namespaceURI, "title"), { textContent: `${label} ${percent(confidence)}` }));
    drawing.append(rectangle);
  }
}

/** An outage of a camera, or its end: told in words, there is no picture to show. */
function showOutage(article, { sight, datetime, source }) {
  article.querySelector(".picture").remove();
  article.classList.add("sight");
  article.dataset.sight = sight.state;
  const reason = article.querySelector(".reason");
  reason.hidden = false;
  const why = plain(sight.reason, source);
  reason.textContent = sight.state === "watching"
    ? `No usable picture for ${lasted(new Date(datetime) - new Date(sight.blind_since))}, from ${moment(sight.blind_since)} on: ${why}`
    : why;
}

/** An alert that nobody answered. */
function showAlert(article, { unanswered_alert }) {
  article.querySelector(".picture").remove();
  article.classList.add("sight");
  const reason = article.querySelector(".reason");
  reason.hidden = false;
  reason.textContent = `${unanswered_alert}. Everybody on the list was told, and nobody answered.`;
}

function keepable(button, event) {
  const show = isKept => button.setAttribute("aria-pressed", isKept);
  show(event.pinned === true);
  button.addEventListener("click", async () => {
    const isKept = button.getAttribute("aria-pressed") === "true";
    const answer = await fetch(`api/events/${encodeURIComponent(event.id)}/pin`, { method: isKept ? "DELETE" : "PUT" }).catch(() => null);
    if (answer?.ok) show(!isKept);
    button.textContent = answer?.ok ? "Keep" : "Keep (did not work)";
  });
}

function card(event) {
  const { args } = event;
  const detections = args.inference_result ?? [];
  const article = byId("event").content.cloneNode(true).firstElementChild;
  const heading = args.sight ? outageTitle(args.sight.state) : args.unanswered_alert ? "Nobody answered an alert" : title(detections);
  if (args.sight) showOutage(article, args);
  else if (args.unanswered_alert) showAlert(article, args);
  else showPicture(article, args, detections, heading);
  keepable(article.querySelector(".keep"), event);
  article.querySelector("h2").textContent = heading;
  const time = article.querySelector("time");
  time.dateTime = args.datetime;
  time.textContent = clock.format(new Date(args.datetime));
  article.querySelector(".pipeline").textContent = event.pipeline_context?.unique_pipeline_name ?? "";
  return article;
}

function offer(select, value) {
  if (value && ![...select.options].some(option => option.value === value)) select.add(new Option(value === "sight" ? "outages" : value === "alert" ? "alerts that nobody answered" : value, value));
}

function learn(event) {
  offer(filters.pipeline, event.pipeline_context?.unique_pipeline_name);
  for (const label of labelsOf(event)) offer(filters.label, label);
}

function matches(event) {
  const label = filters.label.value;
  const pipeline = filters.pipeline.value;
  return (!label || labelsOf(event).includes(label))
    && (!pipeline || event.pipeline_context?.unique_pipeline_name === pipeline);
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.assign("login?next=index.html"); // the session is over
  if (!answer.ok && answer.status !== 503) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function load() {
  const question = asked;
  const query = new URLSearchParams({ page, page_size: 24 });
  for (const [name, select] of Object.entries(filters)) if (select.value) query.set(name, select.value);
  const { timeline: events } = await ask(`api/timeline?${query}`);
  if (question !== asked) return; // the filters were changed meanwhile
  for (const event of events) {
    learn(event);
    if (shown.has(event.id)) continue;
    shown.add(event.id);
    timeline.append(card(event));
  }
  byId("more").hidden = events.length < 24;
  byId("empty").hidden = shown.size > 0;
}

function reload() {
  asked += 1;
  page = 1;
  shown.clear();
  timeline.replaceChildren();
  load().catch(() => {
    showLost();
    setTimeout(reload, 3000);
  });
}

function showLost() {
  showHealth("unwell", "No answer from Ambianic: what you see may be old");
}

function showHealth(state, text) {
  const health = byId("health");
  health.dataset.state = state;
  if (health.textContent !== text) health.textContent = text;
}

async function watchHealth() {
  try {
    showHealth(...await look(ask));
  } catch {
    showLost();
  }
}

function listen() {
  const feed = new EventSource("api/timeline/live");
  feed.addEventListener("message", message => {
    const event = JSON.parse(message.data);
    learn(event);
    if (shown.has(event.id) || !matches(event)) return;
    shown.add(event.id);
    const article = card(event);
    article.classList.add("new");
    timeline.prepend(article);
    while (timeline.children.length > mostCards) timeline.lastElementChild.remove();
    byId("empty").hidden = true;
  });
  // After a break the browser connects again by itself; what happened meanwhile is read again.
  let broken = false;
  feed.addEventListener("error", () => { broken = true; });
  feed.addEventListener("open", () => {
    if (broken) reload();
    broken = false;
  });
}

for (const select of Object.values(filters)) select.addEventListener("change", reload);
byId("more").addEventListener("click", () => {
  page += 1;
  load().catch(showLost);
});
ask("api/status").then(({ display_name: name }) => {
  byId("device").textContent = name;
  document.title = name;
}).catch(showLost);
reload();
listen();
watchHealth();
setInterval(watchHealth, 3000);
