// The calls: the Server's own below /v1, those of other services below /console/api/v1, which the Server passes on.

const keyName = "rearm-key";

/** The key that goes with each call; empty for none. It lives as long as the tab. */
export const key = {
  get: () => sessionStorage.getItem(keyName) ?? "",
  set: value => (value ? sessionStorage.setItem(keyName, value) : sessionStorage.removeItem(keyName)),
};

/** An answer that is an error, with its code: "PERMISSION_DENIED". */
export class CallError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

async function call(method, path, body) {
  const headers = { "x-rearm-console": "1" };
  if (key.get()) headers.authorization = `Bearer ${key.get()}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new CallError("The Server does not answer.", "UNAVAILABLE");
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // Said below, by the status.
  }
  if (!response.ok || answer === null)
    throw new CallError(answer?.error?.message ?? rejection(answer) ?? `The Server answered ${response.status}.`, answer?.error?.code ?? "");
  return answer;
}

// What the Ingestor says of the one event sent.
const rejection = answer => (answer?.results?.[0]?.field ? `${answer.results[0].field} ${answer.results[0].reason}` : undefined);

const id = encodeURIComponent;

export const settings = () => call("GET", "api/settings");
export const status = () => call("GET", "../v1/status");
export const generations = () => call("GET", "../v1/generations");
export const pin = number => call("POST", `../v1/generations/${id(number)}/pin`);
export const unpin = () => call("POST", "../v1/generations/unpin");
export const rollBack = () => call("POST", "../v1/generations/rollback");
const shown = "attribute=title&attribute=image_url";
// What an engineer looks at is not shown to the user: it is no impression.
export const recommendations = (user, k) => call("GET", `../v1/users/${id(user)}/recommendations?k=${k}&explain=true&not_shown=true&${shown}`);
export const history = (user, k) => call("GET", `../v1/users/${id(user)}/history?k=${k}&${shown}`);
/** By the model, by co-occurrence, or by the features of a modality. */
export const similar = (item, k, by, modality) =>
  call("GET", `../v1/items/${id(item)}/similar?k=${k}&by=${by}${modality ? `&modality=${id(modality)}` : ""}&${shown}`);

export const graphStatus = () => call("GET", "api/v1/graphs/status");
export const publishSnapshot = () => call("POST", "api/v1/graphs/snapshots");
export const trainingStatus = () => call("GET", "api/v1/training/status");
export const train = force => call("POST", `api/v1/training/runs${force ? "?force=true" : ""}`);
export const click = (user, item) => call("POST", "api/v1/interactions", [{ user_id: user, item_id: item, type: "click" }]);
