import * as api from "./api.js";
import { $, say } from "./dom.js";
import * as generations from "./generations.js";
import * as user from "./user.js";
import * as workers from "./workers.js";

const hiddenPause = 10000;
const retryPause = 2000;

/** Asks again and again, a pause (ms) apart that each answer may shorten; seldom while the page is not looked at. Returns what asks at once. */
function follow(show, usual) {
  let timer = 0;
  let failed = false;
  const round = async () => {
    clearTimeout(timer);
    let pause = usual;
    try {
      pause = (await show()) ?? usual;
      if (failed) say("");
      failed = false;
    } catch (error) {
      // Said once: it would drown everything else.
      if (!failed) say(error.message, true);
      failed = true;
    }
    clearTimeout(timer);
    timer = setTimeout(round, document.hidden ? hiddenPause : pause);
  };
  round();
  return round;
}

/** What the Server knows of the other services. Asked again while it does not answer: it may be starting, or refuse more calls just now. */
async function settingsAtLast() {
  for (let failed = false; ; failed = true) {
    try {
      const settings = await api.settings();
      if (failed) say("");
      return settings;
    } catch (error) {
      if (!failed) say(error.message, true);
      await new Promise(resolve => setTimeout(resolve, retryPause));
    }
  }
}

function leaveOut(sections, service, buttons) {
  for (const id of sections) {
    const note = $(id).querySelector(".unconfigured");
    note.textContent = `The Server does not know the ${service}: set Server:Console:${service} to its HTTP address.`;
    note.hidden = false;
  }
  for (const id of buttons) $(id).disabled = true;
}

$("key").value = api.key.get();
$("key-form").addEventListener("submit", event => {
  event.preventDefault();
  api.key.set($("key").value);
  say(api.key.get() ? "This key goes with each call from now on." : "No key is sent.");
});

const settings = await settingsAtLast();
const rounds = [follow(async () => void (await Promise.all([generations.showServing(), generations.showGenerations()])), 1500)];
if (settings.graph_builder) rounds.push(follow(async () => user.offer(await workers.showGraph()), 1000));
else leaveOut(["events", "graph"], "GraphBuilder", ["publish"]);
if (settings.trainer) rounds.push(follow(workers.showTraining, 1500));
else leaveOut(["training"], "Trainer", ["train", "force"]);
if (!settings.ingestor) leaveOut(["user"], "Ingestor", []);

workers.start(() => rounds.forEach(round => round()));
generations.start();
user.start(settings.ingestor);
document.addEventListener("visibilitychange", () => document.hidden || rounds.forEach(round => round()));
