import { el } from "./dom.js";

let template = "";

/** Where pictures are: an address with {id} in it; empty for none. */
export const setPictures = address => (template = address);

/** An item's picture, or a tile drawn from its id: the same colour and letters each time. It says nothing that the name beside it does not. */
export function tile(item) {
  const place = el("span", { className: "tile" });
  place.setAttribute("aria-hidden", "true");
  place.style.setProperty("--hue", hue(item));
  place.textContent = letters(item);
  const address = picture(item);
  if (address) {
    const image = el("img", { alt: "", referrerPolicy: "no-referrer" });
    image.addEventListener("load", () => place.replaceChildren(image));
    image.src = address;
  }
  return place;
}

function picture(item) {
  if (!template) return null;
  const address = new URL(template.replaceAll("{id}", encodeURIComponent(item)));
  return ["http:", "https:"].includes(address.protocol) ? address.href : null;
}

function hue(text) {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.codePointAt(0)) >>> 0;
  return hash % 360;
}

const letters = text => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean).slice(0, 2).map(word => [...word][0].toUpperCase()).join("") || "?";
