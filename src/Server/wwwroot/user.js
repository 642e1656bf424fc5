import * as api from "./api.js";
import { $, count, el, fraction, onPress, say, setText, time } from "./dom.js";
import { nameOf, tile } from "./tile.js";

const shownItems = 12;
const shownHistory = 15;
const patience = 15000;

// What is on the page, and whom it was last asked to show: that may be on its way, or what is there.
let current = null;
let asked = null;
let canClick = false;

// The item whose neighbours are shown; null: none yet.
let similarTo = null;

// What the items of the answers are called, by id: reasons name others by their id alone.
let names = new Map();
const named = id => names.get(id) ?? id;

const why = {
  CO_OCCURRENCE: e => `${count(e.value)} users touched both it and ${named(e.item_id)}`,
  SIMILAR_FEATURES: e => `like ${named(e.item_id)}${e.modality ? ` in ${e.modality}` : ""} (${fraction(e.value)})`,
  SIMILAR_VECTOR: e => `near ${named(e.item_id)} in the model (${fraction(e.value)})`,
  POPULAR: e => `${count(e.value)} users have it`,
};

/** Shows a user; how many items of the list are new to it, or null where somebody was asked for meanwhile. */
async function show(user) {
  const question = asked = { user };
  let answer, history;
  try {
    [answer, history] = await Promise.all([api.recommendations(user, shownItems), api.history(user, shownHistory)]);
  } catch (error) {
    if (asked !== question) return null;
    asked = current;
    throw error;
  }
  if (asked !== question) return null;
  const before = current?.user === user ? current.items : null;
  current = { user, items: answer.items.map(i => i.item_id), touched: history.items.map(t => `${t.item_id} ${t.time}`) };
  names = new Map([...history.items, ...answer.items].map(item => [item.item_id, nameOf(item)]));
  $("view").hidden = false;
  setText("source", `${answer.source === "PERSONAL" ? "by the user's own vector" : "by what is popular"}${answer.arm ? `, arm ${answer.arm}` : ""}. ${answer.reason ?? ""}`);
  $("recommended").replaceChildren(...answer.items.map((item, at) => card(item, at, before)));
  setText("history-count", `${count(history.total)} items, newest first`);
  $("history").replaceChildren(...history.items.map(touch => line(touch, `${time(touch.time)}${touch.not_wanted ? ", not wanted" : ""}`)));
  return before ? current.items.filter(item => !before.includes(item)).length : 0;
}

function card(item, at, before) {
  const was = before ? before.indexOf(item.item_id) : at;
  const moved = was < 0 ? "new" : was > at ? `up ${was - at}` : was < at ? `down ${at - was}` : "";
  const reasons = (item.evidence ?? []).slice(0, 2).map(e => el("p", { className: "why" }, (why[e.kind] ?? (() => e.kind))(e)));
  const name = nameOf(item);
  const send = el("button", { type: "button" }, "Click");
  send.setAttribute("aria-label", `Click ${name}`);
  send.disabled = !canClick;
  onPress(send, () => click(item.item_id));
  const similar = el("button", { type: "button" }, "Similar");
  similar.setAttribute("aria-label", `Similar to ${name}`);
  onPress(similar, async () => {
    await showSimilar(item.item_id);
    $("similar-title").focus();
  });
  const card = el("li", { className: was < 0 ? "new" : "" }, tile(item), el("div", {},
    el("p", {}, el("span", { className: "quiet" }, `${at + 1}. `), label(item), " ", el("span", { className: "quiet" }, Number(item.score ?? 0).toFixed(2)), " ", el("span", { className: "moved" }, moved)),
    ...reasons, el("p", { className: "buttons" }, send, similar)));
  card.dataset.item = item.item_id;
  return card;
}

const line = (item, note) => el("li", {}, tile(item), el("div", {}, el("p", {}, label(item)), el("p", { className: "why" }, note)));

// The id is what an engineer looks for elsewhere; under the pointer, where a title stands for it.
const label = item => el("span", { className: "name", title: nameOf(item) === item.item_id ? "" : item.item_id }, nameOf(item));

/** Sends a click, and shows what it changes once it is in the user's history. */
async function click(item) {
  const { user, touched } = current;
  await api.click(user, item);
  const name = named(item);
  say(`A click of ${user} on ${name} was sent …`);
  const start = performance.now();
  while (performance.now() - start < patience) {
    const history = await api.history(user, shownHistory);
    if (history.items.some(t => t.item_id === item && !touched.includes(`${t.item_id} ${t.time}`))) {
      const took = Math.round(performance.now() - start);
      if (asked.user !== user) return;
      const place = $("recommended").contains(document.activeElement) || document.activeElement === document.body ? current.items.indexOf(item) : -1;
      const fresh = await show(user);
      if (fresh === null) return;
      // The button that was pressed is gone; the one in its place has the focus next.
      if (place >= 0) $("recommended").children[Math.min(place, current.items.length - 1)]?.querySelector("button").focus();
      say(`The click on ${name} counts after ${count(took)} ms: ${fresh} new in ${user}'s list.`);
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 60));
  }
  say(`The click on ${name} was sent, but is not in the history after ${patience / 1000} s. Is the GraphBuilder up?`, true);
}

async function showSimilar(item) {
  const chosen = $("similar-by").selectedOptions[0];
  similarTo = item;
  const answer = await api.similar(item, shownItems / 2, chosen.value, chosen.dataset.modality);
  // Another may have been asked for meanwhile.
  if (similarTo !== item || chosen !== $("similar-by").selectedOptions[0]) return;
  setText("similar-title", `Similar to ${named(item)}`);
  setText("similar-hint", answer.items.length ? "" : `Nothing is, by ${chosen.textContent}.`);
  const measure = chosen.value === "co_occurrence" ? score => `${count(score)} users touched both` : score => `cosine ${fraction(score)}`;
  $("similar").replaceChildren(...answer.items.map(i => line(i, measure(i.score))));
}

/** Has items' neighbours by each of these modalities to choose from, besides by the model and by co-occurrence. */
export function offer(modalities) {
  const choice = $("similar-by");
  const there = [...choice.options].map(option => option.dataset.modality).filter(name => name !== undefined);
  // What is there stays as it is: somebody may have it open.
  for (const name of modalities.filter(name => !there.includes(name))) {
    const option = el("option", { value: "features" }, `features: ${name}`);
    option.dataset.modality = name;
    choice.append(option);
  }
}

/** The form. A user in the address's fragment, #user=ada, is shown at once. */
export function start(clicks) {
  canClick = clicks;
  const look = async () => {
    const user = $("user-id").value;
    if (!user) return;
    try {
      if (await show(user) === null) return;
      history.replaceState(null, "", `#user=${encodeURIComponent(user)}`);
      say(`${current.items.length} items for ${user}.`);
    } catch (error) {
      say(error.message, true);
    }
  };
  $("user-form").addEventListener("submit", event => {
    event.preventDefault();
    look();
  });
  $("similar-by").addEventListener("change", async () => {
    if (similarTo === null) return;
    try {
      await showSimilar(similarTo);
    } catch (error) {
      say(error.message, true);
    }
  });
  const linked = new URLSearchParams(location.hash.slice(1)).get("user");
  if (linked) {
    $("user-id").value = linked;
    look();
  }
}
