// Says of each camera in words what /api/health says of it, and draws its visibility during the last 24 hours. Judges nothing itself.
const day = 24 * 60 * 60 * 1000;
const list = document.getElementById("cameras");
let log = [];
let logOf = "";
let askedAt = 0;

const unusable = new Map([
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

/** The title of an event that tells of an outage; `word` is a stored one: watching, blind, frozen, black or covered. */
export const outageTitle = word => word === "watching" ? "Picture is back" : unusable.get(word) ?? "No video";

/** The reason without the name of the source, which is beside it already. */
export const plain = (reason, source) => reason.startsWith(`source ${source}: `) ? reason.slice(`source ${source}: `.length) : reason;

/** State and reason of a camera, for people, and how good that is: well, unwell or idle. */
function describe(camera) {
  const why = camera.reason ? plain(camera.reason, camera.source_id) : "";
  const since = camera.visibility_since ? ` since ${moment(camera.visibility_since)}` : "";
  const noVideo = `No video${since}`;
  switch (camera.state) {
    case "running":
      if (camera.visibility !== "visible") return ["unwell", `${unusable.get(camera.visibility)}${since}: ${why}`];
      return camera.source?.fault ? ["unwell", `Watching, but ${camera.source.fault}`] : ["well", "Watching"];
    case "starting": return ["idle", `Getting ready: ${why}`];
    case "failing": return ["unwell", `Cannot understand the picture${since}: ${why}`];
    case "stalled":
    case "healing": return ["unwell", `${noVideo}; it is being repaired: ${why}`];
    case "terminal": return ["unwell", `${noVideo}, and nothing has helped so far; Ambianic goes on trying: ${why}`];
    case "ended": return camera.visibility === "off" ? ["idle", "The recording has been watched to its end"] : ["unwell", `The recording cannot be read: ${why}`];
    case "stopped": return ["idle", "Stopped"];
    case "disabled": return ["unwell", `Not used, because ${why}`];
    default: return ["unwell", `${noVideo}: ${why}`];
  }
}

const kinds = { visible: "visible", no_video: "no-video", frozen: "unusable", black: "unusable", covered: "unusable" };

function drawBar(bar, intervals) {
  const now = Date.now();
  const sums = { visible: 0, "no-video": 0, unusable: 0 };
  bar.replaceChildren();
  for (const { visibility, from, to } of intervals) {
    const kind = kinds[visibility];
    const begin = Math.max(now - day, Date.parse(from));
    const length = (to ? Date.parse(to) : now) - begin;
    if (length <= 0 || !kind) continue;
    sums[kind] += length;
    const part = document.createElement("span");
    part.className = kind;
    part.style.left = `${100 * (begin - now + day) / day}%`;
    part.style.width = `${100 * length / day}%`;
    bar.append(part);
  }
  const words = [`watched ${sums.visible > 0 ? lasted(sums.visible) : "nothing"}`];
  if (sums["no-video"] > 0) words.push(`no video ${lasted(sums["no-video"])}`);
  if (sums.unusable > 0) words.push(`frozen, dark or covered ${lasted(sums.unusable)}`);
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

function show(camera) {
  const item = row(camera.name);
  const [state, words] = describe(camera);
  item.dataset.state = state;
  setText(item.querySelector(".state"), words);
  const told = drawBar(item.querySelector(".bar"), log.filter(interval => interval.pipeline === camera.name));
  setText(item.querySelector(".day"), told);
  return item;
}

function summary(cameras, systemic, storage, alerts, problems) {
  const named = state => [...list.children].filter(item => item.dataset.state === state).map(item => item.dataset.name);
  const unwell = named("unwell");
  const well = named("well");
  if (unwell.length > 0) return ["unwell", `Not watching: ${unwell.join(", ")}${systemic ? `. ${systemic}` : ""}`];
  if (storage) return ["unwell", `Watching, but what is seen cannot be saved: ${storage}`];
  if (alerts) return ["unwell", `Watching, but messages may not arrive: ${alerts}`];
  if (problems.length > 0) return ["unwell", `The configuration is wrong and not, or not all of it, in force: ${problems[0]}`];
  if (well.length > 0) return ["well", `Watching: ${well.join(", ")}`];
  return cameras.some(camera => !["ended", "stopped"].includes(camera.state))
    ? ["unknown", "Getting ready"]
    : ["unknown", "Nothing to watch: all recordings have been read"];
}

/** Looks how all cameras are. Returns the state of the house and a line for people. */
export async function look(ask) {
  const { pipelines, systemic_trouble: systemic, storage_trouble: storage, alert_fault: alerts, configuration_problems: problems } = await ask("api/health");
  const states = pipelines.map(camera => [camera.name, camera.state, camera.visibility].join()).join(";");
  if (states !== logOf || Date.now() - askedAt > 30_000) {
    const from = new Date(Date.now() - day).toISOString();
    log = (await ask(`api/visibility?from=${encodeURIComponent(from)}`)).visibility;
    [logOf, askedAt] = [states, Date.now()];
  }
  const rows = pipelines.map(show);
  if (rows.length !== list.children.length || rows.some((item, index) => list.children[index] !== item)) list.replaceChildren(...rows);
  document.getElementById("watching").hidden = rows.length === 0;
  return summary(pipelines, systemic, storage, alerts, problems);
}
