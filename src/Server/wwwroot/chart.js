// A small line chart: the curve for eyes, and its first, last and best value in words for everybody.

const svg = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

/**
 * Draws numbers at even distances into a place.
 * @param place the element
 * @param name what they are
 * @param values the numbers, oldest first
 * @param options fromZero: the axis begins at 0; words: what to say of them
 */
export function draw(place, name, values, { fromZero = false, words }) {
  const key = `${values.length} ${values.at(-1)} ${words}`;
  if (place.dataset.drawn === key) return;
  place.dataset.drawn = key;
  const low = fromZero ? 0 : Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const at = (value, i) => `${values.length === 1 ? 0 : (100 * i) / (values.length - 1)},${38 - (34 * (value - low)) / span}`;
  // A single value is a line through it, so that it can be seen.
  const points = values.length === 1 ? [at(values[0], 0), `100,${at(values[0], 0).split(",")[1]}`] : values.map(at);
  const picture = svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", role: "img", "aria-label": `${name}: ${words}` });
  picture.append(svg("line", { class: "axis", x1: 0, y1: 39, x2: 100, y2: 39 }));
  if (values.length > 0) picture.append(svg("polyline", { class: "curve", points: points.join(" ") }));
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = `${name}: ${words}`;
  caption.setAttribute("aria-hidden", "true");
  figure.append(caption, picture);
  place.replaceChildren(figure);
}
