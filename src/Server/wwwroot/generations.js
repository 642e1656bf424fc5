import * as api from "./api.js";
import { $, count, el, fraction, onPress, say, setText, time } from "./dom.js";

let shown = "";

/** What is served, in the header. */
export async function showServing() {
  const status = await api.status();
  const generation = status.generation;
  setText("serving", generation ? `Serving generation ${generation.number} of ${time(generation.published_at)}: ${count(status.users)} users, ${count(status.items)} items.` : "No generation is served yet.");
  if (status.problem) setText("serving", `${$("serving").textContent} ${status.problem}`);
}

/** The generations kept, with their quality. */
export async function showGenerations() {
  const list = await api.generations();
  const { generations = [], served = "0", pinned = false } = list;
  setText("pinned", pinned ? `Generation ${served} is pinned: newer ones wait.` : "");
  $("unpin").disabled = !pinned;
  // Redrawn when it has changed only, so that the focus stays where it is.
  const key = JSON.stringify([generations, served, pinned, list.clicks]);
  if (key === shown) return;
  shown = key;
  const focused = document.activeElement?.dataset?.pin;
  if (generations.length) $("generation-rows").replaceChildren(...generations.map(g => row(g, served, pinned, list.clicks ?? [])));
  if (focused) document.querySelector(`[data-pin="${CSS.escape(focused)}"]`)?.focus();
}

function row(generation, served, pinned, clicks) {
  const isServed = generation.number === served;
  const pin = el("button", { type: "button" }, "Pin");
  pin.dataset.pin = generation.number;
  pin.setAttribute("aria-label", `Pin generation ${generation.number}`);
  pin.disabled = isServed && pinned;
  onPress(pin, () => change(`Serve generation ${generation.number} on all Servers until it is unpinned?`, () => api.pin(generation.number)));
  const cells = [
    `${generation.number}${isServed ? (pinned ? " served, pinned" : " served") : ""}`,
    time(generation.published_at),
    generation.settings?.model ?? "–",
    fraction(generation.metrics?.["recall@20"]),
    count(generation.users),
    count(generation.items),
    clicked(generation.number, clicks),
  ];
  return el("tr", { className: isServed ? "served" : "" }, ...cells.map(text => el("td", {}, text)), el("td", {}, pin));
}

// The figures of all users of a generation are those of no arm; with an experiment there is a line for each arm.
function clicked(number, clicks) {
  const own = clicks.filter(c => c.counts?.generation === number && c.rate !== undefined && c.rate !== null);
  const percent = value => `${(100 * (value ?? 0)).toFixed(1)}%`;
  return own.map(c => `${c.counts.arm ? `${c.counts.arm} ` : ""}${percent(c.rate)} (${percent(c.low)} to ${percent(c.high)})`).join(", ") || "–";
}

async function change(question, action) {
  if (!window.confirm(question)) return;
  const list = await action();
  say(`Generation ${list.served} is to be served${list.pinned ? ", pinned" : ""}.`);
  await Promise.all([showGenerations(), showServing()]);
}

/** The buttons below the table. */
export function start() {
  onPress($("rollback"), () => change("Serve the generation before the one that is served, on all Servers?", api.rollBack));
  onPress($("unpin"), () => change("Serve the newest generation again, and each newer one to come?", api.unpin));
}
