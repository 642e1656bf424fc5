import * as api from "./api.js";
import { draw } from "./chart.js";
import { $, count, el, fraction, onPress, say, setText, time } from "./dom.js";

const keptRates = 120;
const rates = [];
let last = null;

/** What the GraphBuilder has read, how fast, and what it knows. Returns the names of the items' modalities. */
export async function showGraph() {
  const graph = await api.graphStatus();
  const now = { at: performance.now(), read: Number(graph.records_read ?? 0) };
  // A GraphBuilder that has started anew counts from zero.
  if (last && now.read >= last.read && now.at > last.at) rates.push((1000 * (now.read - last.read)) / (now.at - last.at));
  if (rates.length > keptRates) rates.shift();
  last = now;
  const rate = rates.length ? rates.at(-1) : 0;
  setText("rate", rate >= 100 || rate === 0 ? count(Math.round(rate)) : rate.toFixed(1));
  const lag = Number(graph.lag ?? 0);
  setText("lag", lag < 0 ? "not known" : count(lag));
  setText("dead", count(graph.dead_letters));
  draw($("rate-chart"), "Events per second since the page opened", rates, { fromZero: true, words: rates.length ? `at most ${count(Math.round(Math.max(...rates)))}` : "none yet" });
  setText("users", count(graph.users));
  setText("items", count(graph.items));
  setText("interactions", count(graph.interactions));
  setText("snapshot", graph.snapshot ? `Snapshot ${graph.snapshot.number} of ${time(graph.snapshot.published_at)}: ${count(graph.snapshot.interactions)} interactions.` : "No snapshot yet.");
  const problems = $("problems");
  problems.hidden = !graph.problems?.length;
  if (problems.textContent !== (graph.problems ?? []).join("")) problems.replaceChildren(...(graph.problems ?? []).map(text => el("li", {}, text)));
  return (graph.modalities ?? []).map(modality => modality.name);
}

const states = { WAITING: "Waiting", TRAINING: "Training", PUBLISHING: "Publishing", FAILED: "Failed", STANDBY: "Standing by" };

/** What the Trainer is doing. Returns how soon (ms) to ask again while it is at it. */
export async function showTraining() {
  const training = await api.trainingStatus();
  const epochs = training.epochs ?? [];
  setText("training-state", states[training.state] ?? "–");
  setText("training-message", training.message ?? "");
  const [epoch, most] = [training.epoch ?? 0, training.max_epochs ?? 0];
  const bar = $("epoch-bar");
  [bar.max, bar.value] = [Math.max(most, 1), epoch];
  const left = training.seconds_left > 0 ? `, at most ${Math.ceil(training.seconds_left)} s left` : "";
  setText("epoch-text", most ? `epoch ${epoch} of at most ${most}${left}` : "no run yet");
  const losses = epochs.map(e => e.loss ?? 0);
  const recalls = epochs.map(e => e.recall).filter(recall => recall !== undefined && recall !== null);
  draw($("loss-chart"), "Loss", losses, { words: losses.length ? `${fraction(losses[0])} to ${fraction(losses.at(-1))}` : "no epoch yet" });
  draw($("recall-chart"), "Recall@20", recalls, {
    words: recalls.length ? `${fraction(recalls.at(-1))}, best ${fraction(Math.max(...recalls))}` : epochs.length ? "too little could be held out" : "no epoch yet",
  });
  return training.state === "TRAINING" || training.state === "PUBLISHING" ? 400 : undefined;
}

/** The two workers' buttons. */
export function start(changed) {
  onPress($("publish"), async () => {
    say("Publishing a snapshot …");
    const snapshot = await api.publishSnapshot();
    say(`Snapshot ${snapshot.number} is published: ${count(snapshot.interactions)} interactions.`);
    changed();
  });
  onPress($("train"), async () => {
    const status = await api.train($("force").checked);
    say(`The Trainer was asked: ${status.message}`);
    changed();
  });
}
