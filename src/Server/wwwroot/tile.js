import { el } from "./dom.js";

/** What an item is called: its title, if the shop sent one, else its id. */
export const nameOf = item => item.attributes?.title || item.item_id;

/**
 * An item's picture. Until it is there, and where there is none, a tile drawn from the id: the same colour and letters each time, which say nothing that the
 * name beside it does not.
 */
export function tile(item) {
  const drawn = el("span", {}, letters(item.item_id));
  drawn.setAttribute("aria-hidden", "true");
  const place = el("span", { className: "tile" }, drawn);
  place.style.setProperty("--hue", hue(item.item_id));
  const address = pictureAddress(item.attributes?.image_url);
  if (address === null) return place;
  const picture = el("img", { alt: nameOf(item), loading: "lazy", referrerPolicy: "no-referrer" });
  picture.addEventListener("load", () => {
    picture.className = "loaded";
    drawn.remove();
  });
  picture.addEventListener("error", () => picture.remove());
  picture.src = address;
  place.append(picture);
  return place;
}

// What a shop sends may be anything; relative addresses are the Server's.
function pictureAddress(text) {
  if (!text || !URL.canParse(text, document.baseURI)) return null;
  const address = new URL(text, document.baseURI);
  return ["http:", "https:"].includes(address.protocol) ? address.href : null;
}

function hue(text) {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.codePointAt(0)) >>> 0;
  return hash % 360;
}

const letters = text => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean).slice(0, 2).map(word => [...word][0].toUpperCase()).join("") || "?";
