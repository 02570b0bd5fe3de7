// Says of each camera in plain words whether it truly watches, and draws when it did during the last 24 hours.
const day = 24 * 60 * 60 * 1000;
const list = document.getElementById("cameras");
let account = [];
let accountOf = "";
let askedAt = 0;

const troubled = new Map([
  ["frozen", "Frozen picture"],
  ["black", "Dark picture"],
  ["covered", "Covered lens?"],
]);

export function moment(iso) {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(undefined, isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

export function lasted(milliseconds) {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return "less than a minute";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
}

export const sightTitle = state => state === "watching" ? "Sees again" : troubled.get(state) ?? "Blind";

/** The reason without the name of the source, which is beside it already. */
export const plain = (reason, source) => reason.startsWith(`source ${source}: `) ? reason.slice(`source ${source}: `.length) : reason;

/** What the camera does, for people, and how good that is: well, unwell or idle. */
function describe(camera, since) {
  const reason = camera.last_error ? `: ${plain(camera.last_error, camera.source_id)}` : "";
  const blind = since ? `Blind since ${moment(since)}` : "Blind";
  switch (camera.state) {
    case "disabled": return ["unwell", `Not used, because its configuration is wrong${reason}`];
    case "ended": return ["idle", "The recording has been watched to its end"];
    case "failed": return ["unwell", `The recording cannot be read${reason}`];
    case "stopped": return ["idle", "Stopped"];
  }
  if (camera.health === "terminal") return ["unwell", `${blind}, and nothing has helped so far; Ambianic goes on trying${reason}`];
  if (camera.health === "healing" || camera.health === "stalled") return ["unwell", `${blind}; it is being mended${reason}`];
  if (camera.state === "failing") return ["unwell", `Cannot understand what it sees${reason}`];
  if (camera.state === "watching") {
    const trouble = troubled.get(camera.picture);
    if (!trouble) return camera.source?.fault ? ["unwell", `Watching, but ${camera.source.fault}`] : ["well", "Watching"];
    const why = { frozen: "the same picture comes again and again", black: "nothing can be seen", covered: "all of it is one colour" };
    return ["unwell", `${trouble}${since ? ` since ${moment(since)}` : ""}: ${why[camera.picture]}`];
  }
  if (camera.source?.is_waiting_for_key_frame) return ["idle", `Connecting: ${camera.source.fault}`];
  if (camera.last_error) return ["unwell", `${blind}${reason}`];
  if (camera.state === "preparing") return ["idle", "Getting ready: its model is being fetched"];
  return camera.processed > 0 ? ["unwell", blind] : ["idle", "Connecting"];
}

const kind = sight => troubled.has(sight) ? "unsure" : sight;

function drawBar(bar, intervals) {
  const now = Date.now();
  const sums = { watching: 0, blind: 0, unsure: 0 };
  bar.replaceChildren();
  for (const { sight, from, to } of intervals) {
    const begin = Math.max(now - day, Date.parse(from));
    const length = (to ? Date.parse(to) : now) - begin;
    if (length <= 0 || !(kind(sight) in sums)) continue;
    sums[kind(sight)] += length;
    const part = document.createElement("span");
    part.className = kind(sight);
    part.style.left = `${100 * (begin - now + day) / day}%`;
    part.style.width = `${100 * length / day}%`;
    bar.append(part);
  }
  const words = [`watched ${sums.watching > 0 ? lasted(sums.watching) : "nothing"}`];
  if (sums.blind > 0) words.push(`blind ${lasted(sums.blind)}`);
  if (sums.unsure > 0) words.push(`frozen, dark or covered ${lasted(sums.unsure)}`);
  return `Last 24 hours: ${words.join(", ")}`;
}

function row(name) {
  const known = [...list.children].find(item => item.dataset.name === name);
  if (known) return known;
  const item = document.getElementById("camera").content.cloneNode(true).firstElementChild;
  item.dataset.name = name;
  item.querySelector("h2").textContent = name;
  return item;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text; // a reader is told only of what is new
}

/** Since when the camera is as it is now, whatever the reasons were meanwhile; null while it watches. */
function troubledSince(intervals) {
  const last = intervals.at(-1);
  if (!last || last.to || last.sight === "watching") return null;
  return intervals[intervals.findLastIndex(interval => interval.sight !== last.sight) + 1].from;
}

function show(camera) {
  const item = row(camera.name);
  const intervals = account.filter(interval => interval.pipeline === camera.name);
  const since = troubledSince(intervals);
  const [state, words] = describe(camera, since);
  item.dataset.state = state;
  setText(item.querySelector(".state"), words);
  const told = drawBar(item.querySelector(".bar"), intervals);
  setText(item.querySelector(".day"), told);
  return item;
}

function summary(cameras, trouble, storage, problems) {
  const named = state => [...list.children].filter(item => item.dataset.state === state).map(item => item.dataset.name);
  const unwell = named("unwell");
  const well = named("well");
  if (unwell.length > 0) return ["unwell", `Not watching: ${unwell.join(", ")}${trouble ? `. ${trouble}` : ""}`];
  if (storage) return ["unwell", `Watching, but what is seen cannot be saved: ${storage}`];
  if (problems.length > 0) return ["unwell", `The configuration is wrong and not, or not all of it, in force: ${problems[0]}`];
  if (well.length > 0) return ["well", `Watching: ${well.join(", ")}`];
  return cameras.some(camera => !["ended", "stopped"].includes(camera.state))
    ? ["unknown", "Getting ready"]
    : ["unknown", "Nothing to watch: all recordings have been read"];
}

/** Looks how all cameras are. Returns the state of the house and a line for people. */
export async function look(ask) {
  const { pipelines, systemic_trouble: trouble, storage_trouble: storage, configuration_problems: problems } = await ask("api/health");
  const states = pipelines.map(camera => [camera.name, camera.state, camera.health, camera.picture].join()).join(";");
  if (states !== accountOf || Date.now() - askedAt > 30_000) {
    const from = new Date(Date.now() - day).toISOString();
    account = (await ask(`api/coverage?from=${encodeURIComponent(from)}`)).coverage;
    [accountOf, askedAt] = [states, Date.now()];
  }
  const rows = pipelines.map(show);
  if (rows.length !== list.children.length || rows.some((item, index) => list.children[index] !== item)) list.replaceChildren(...rows);
  document.getElementById("watching").hidden = rows.length === 0;
  return summary(pipelines, trouble, storage, problems);
}
