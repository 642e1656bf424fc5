// Elements are made of text nodes and attributes, never of markup: an id may hold anything.

/** The element of an id in index.html. */
export const $ = id => document.getElementById(id);

/** Makes an element. Properties are set as such; children are elements or text. */
export function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter(child => child !== null));
  return element;
}

/** Says something to whoever looks, and to whoever listens. */
export function say(text, isBad = false) {
  const line = $("says");
  line.textContent = text;
  line.className = isBad ? "bad" : "";
}

/** Sets a text, unless it is that already: a screen reader need not hear it again. */
export function setText(id, text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
}

/** What a button does; meanwhile it is disabled, and what goes wrong is said. */
export function onPress(button, action) {
  button.addEventListener("click", async () => {
    const had = document.activeElement === button;
    button.disabled = true;
    try {
      await action();
    } catch (error) {
      say(error.message, true);
    } finally {
      button.disabled = false;
      if (had && document.activeElement === document.body && button.isConnected) button.focus();
    }
  });
}

const numbers = new Intl.NumberFormat("en");
const times = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** 12,345. Protobuf's 64-bit integers come as strings. */
export const count = value => numbers.format(Number(value ?? 0));

/** A time as the reader's clock has it. */
export const time = text => (text ? times.format(new Date(text)) : "–");

/** 0.1234, or a dash for what was not measured. */
export const fraction = value => (value === undefined || value === null ? "–" : Number(value).toFixed(4));
