// Draws one part of the comparer: differs, heading, clip, tabs, page or link. Text enters the page as text nodes only.
// Content of each kind:
//   differs {sentences: [text]}                          what differs between the models
//   heading {letter, name, note}                         above each map
//   clip    {empty} or {clip: {id, row, src, alt}, position, can_back, facts: [{name, value, alike: [count], chance}], count,
//           overlap: [text], models: [{letter, name, neighbours: [{id, row, src, alt, similarity, also, facts: [{name, value, same}]}]}]}
//   tabs    {panel, tabs: [{key, title}], chosen}        `panel` is the id of the page's element
//   page    {id, key, title, blocks: [{type: "text", text} | {type: "table", caption, columns: [{name, note, number}], rows: [[cell]]}
//           | {type: "chart", title, x, y, log_x, log_y, series: [{name, points: [[x, y]]}]}]}
//           a cell is text, or {text, note, strong, level (0 to 1: a bar below), look (a clip to look at), row, src, alt}
//   link    nothing: it is not seen; it marks the point under the mouse in all maps

const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]; // as plots/style.py; dashes differ too
const DASHES = ["", "7 4", "2 3", "10 3 2 3"];

function h(tag, attributes = {}, ...children) {
  const svg = ["svg", "path", "line", "text", "g", "title", "polyline"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  // JupyterLab's one-letter commands (b: new cell) must not act on keys meant for this part; it asks the element in focus itself first.
  if (tag === "button" || tag === "summary" || "tabindex" in attributes) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const button = (key, label, onclick, more = {}, ...children) =>
  h("button", { type: "button", "data-focus": key, title: label, "aria-label": label, onclick, ...more }, ...children);
const coded = (text) => text.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part)); // `words` between backticks become code
const picture = ({ src, alt }, size) => h("img", { class: "wbx-clip", src, alt, width: size, height: size, draggable: "false" });

function differs({ sentences }) {
  return (sentences || []).map((text) => h("p", {}, ...coded(text)));
}

function heading({ letter, name, note }) {
  if (!letter) return [];
  return [h("div", { class: "wbc-heading" }, h("h3", {}, h("span", { class: "wbc-letter" }, letter), " ", name), h("span", { class: "wbx-dim" }, ...coded(note)))];
}

function factTable({ facts, models, count }) {
  const number = { scope: "col", class: "wbx-number" };
  return h("table", { class: "wbx-facts" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "factor"), h("th", { scope: "col" }, "value"),
      models.map(({ letter, name }) => h("th", { ...number, title: `Of the ${count} nearest clips in ${name}, those with the same value` }, `same, ${letter}`)),
      h("th", { ...number, title: `How many of ${count} clips drawn at random would have the same value` }, "by chance"))),
    h("tbody", {}, facts.map((fact) => h("tr", {}, h("th", { scope: "row" }, fact.name), h("td", {}, fact.value),
      fact.alike.map((many) => h("td", { class: "wbx-number" }, String(many))), h("td", { class: "wbx-number wbx-dim" }, fact.chance)))));
}

function neighbour(other, rank, { letter, name }, send) {
  const values = other.facts.map((fact) => `${fact.name} ${fact.value}${fact.same ? ", the same" : ""}`).join("; ");
  const also = other.also ? ` It is near in ${other.also} too.` : "";
  const label = `Look at clip ${other.id}, neighbour ${rank} in ${letter}, ${name}, cosine ${other.similarity}.${also} ${values}`;
  return button(`${letter}-${rank}`, label, () => send({ event: "look", clip: other.id }), { class: "wbx-neighbour", "data-row": other.row },
    picture(other, 84), h("span", { class: "wbx-rank" }, h("b", {}, String(rank)), ` ${other.similarity}`),
    h("span", { class: "wbc-also" }, other.also ? `= ${other.also}` : " "),
    h("span", { class: "wbc-values" }, other.facts.map((fact) => h("span", { class: fact.same ? "wbx-same" : "" }, `${fact.same ? "✓ " : ""}${fact.value}`))));
}

function clip(content, send, local) {
  if (!content.clip) {
    if (!content.empty) return [];
    return [h("div", { class: "wbx-empty" }, content.empty, h("br"),
      button("first", "Look at the first clip", () => send({ event: "step", by: 1 }), {}, "Look at the first clip"))];
  }
  const { clip: shown, models, position, can_back, overlap } = content;
  const step = (by) => () => send({ event: "step", by });
  return [
    h("div", { class: "wbx-head" }, h("h3", { role: "status" }, `Clip ${shown.id}`), h("span", { class: "wbx-dim" }, position), h("span", { class: "wbx-grow" }),
      button("back", "Back to the clip before (Backspace)", () => send({ event: "back" }), { disabled: !can_back }, "Back"),
      button("previous", "Previous clip (left arrow)", step(-1), {}, "◀"), button("next", "Next clip (right arrow)", step(1), {}, "▶"),
      button("pause", "Let the clips move or stand still", local.pause, { "aria-pressed": String(local.paused()) }, local.paused() ? "Play" : "Pause")),
    h("div", { class: "wbc-clip" },
      h("div", { class: "wbc-shown" }, picture(shown, 144), h("div", { class: "wbx-grow" }, factTable(content)), overlap.map((text) => h("p", { class: "wbx-dim" }, text))),
      h("div", { class: "wbc-models" }, models.map((model) => h("section", { "aria-label": `Nearest clips in ${model.letter}, ${model.name}` },
        h("h4", {}, h("span", { class: "wbc-letter" }, model.letter), ` nearest in ${model.name}`),
        h("div", { class: "wbc-neighbours" }, model.neighbours.map((other, i) => neighbour(other, i + 1, model, send))))))),
  ];
}

function tabs({ panel, tabs: all, chosen }, send) {
  if (!all) return [];
  const go = (i) => send({ event: "tab", key: all[(i + all.length) % all.length].key });
  const keys = (i) => (event) => {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.currentTarget.parentElement.children[(to + all.length) % all.length].focus();
    go(to);
  };
  return [h("div", { class: "wbc-tabs", role: "tablist", "aria-label": "What to compare" }, all.map(({ key, title }, i) =>
    h("button", { type: "button", role: "tab", id: `${panel}-tab-${key}`, "data-focus": `tab-${key}`, "aria-selected": String(key === chosen), "aria-controls": panel,
      tabindex: key === chosen ? "0" : "-1", onclick: () => go(i), onkeydown: keys(i) }, title)))];
}

function cellOf(cell, number, send) {
  const of = typeof cell === "string" ? { text: cell } : cell;
  const parts = [];
  if (of.src) parts.push(picture(of, 64));
  if (of.look !== undefined) parts.push(button(`look-${of.look}`, `Look at clip ${of.look}`, () => send({ event: "look", clip: of.look }), { "data-row": of.row }, `clip ${of.look}`));
  else parts.push(of.strong ? h("b", {}, of.text) : h("span", {}, ...coded(of.text)));
  if (of.level !== undefined) parts.push(h("span", { class: "wbc-level", "aria-hidden": "true" }, h("span", { style: `width:${Math.round(100 * Math.min(Math.max(of.level, 0), 1))}%` })));
  if (of.note) parts.push(h("small", {}, of.note));
  return h("td", { class: number ? "wbx-number" : "" }, parts);
}

function tableOf({ caption, columns, rows }, send) {
  const line = ([first, ...cells]) => {
    const head = typeof first === "string" ? h("th", { scope: "row" }, ...coded(first)) : cellOf(first, false, send);
    return h("tr", {}, head, cells.map((cell, i) => cellOf(cell, columns[i + 1].number, send)));
  };
  return h("div", { class: "wbc-table", tabindex: "0", role: "region", "aria-label": caption }, h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, columns.map(({ name, note, number }) =>
      h("th", { scope: "col", class: number ? "wbx-number" : "" }, name, note ? h("small", {}, note) : null)))), h("tbody", {}, rows.map(line))));
}

function ticksOf(low, high, log) {
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9), every = Math.max(1, Math.ceil((last - first) / 5));
    return Array.from({ length: Math.max(0, Math.floor((last - first) / every) + 1) }, (_, i) => 10 ** (first + i * every));
  }
  const raw = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(raw)), step = power * [1, 2, 5, 10].find((by) => by * power >= raw);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => (first + i) * step);
}

const written = (value) => (Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(0) : String(Number(value.toPrecision(3))));

function chartOf({ title, x, y, log_x, log_y, series }) {
  const [width, height, left, right, top, bottom] = [420, 250, 58, 12, 10, 40];
  const all = series.flatMap((one) => one.points), ends = (i) => [Math.min(...all.map((p) => p[i])), Math.max(...all.map((p) => p[i]))];
  const scale = ([low, high], log, from, to) => {
    const f = log ? Math.log10 : Number, span = f(high) - f(low) || 1;
    return (value) => from + ((f(value) - f(low)) / span) * (to - from);
  };
  const [wide, tall] = [ends(0), ends(1)], at = scale(wide, log_x, left, width - right), up = scale(tall, log_y, height - bottom, top);
  const svg = h("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}: ${y} against ${x}, ${series.map((one) => `${one.name}, last ${written(one.points.at(-1)[1])}`).join("; ")}` });
  for (const tick of ticksOf(...wide, log_x)) svg.append(h("line", { class: "wbc-grid", x1: at(tick), x2: at(tick), y1: top, y2: height - bottom }), h("text", { x: at(tick), y: height - bottom + 14, "text-anchor": "middle" }, written(tick)));
  for (const tick of ticksOf(...tall, log_y)) svg.append(h("line", { class: "wbc-grid", x1: left, x2: width - right, y1: up(tick), y2: up(tick) }), h("text", { x: left - 5, y: up(tick) + 4, "text-anchor": "end" }, written(tick)));
  svg.append(h("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, x));
  series.forEach(({ name, points, place }) => svg.append(h("polyline", { points: points.map(([a, b]) => `${at(a).toFixed(1)},${up(b).toFixed(1)}`).join(" "), fill: "none",
    stroke: COLOURS[place % 4], "stroke-width": 2, "stroke-dasharray": DASHES[place % 4] }, h("title", {}, name))));
  const key = series.map(({ name, place }) => h("span", { class: "wbc-key" }, h("svg", { viewBox: "0 0 30 8", "aria-hidden": "true" },
    h("line", { x1: 0, x2: 30, y1: 4, y2: 4, stroke: COLOURS[place % 4], "stroke-width": 3, "stroke-dasharray": DASHES[place % 4] })), name));
  return h("figure", { class: "wbc-chart" }, h("figcaption", {}, h("b", {}, title), ` ${y}`), svg, h("div", {}, key));
}

function page({ id, key, title, blocks }, send) {
  const draw = { text: ({ text }) => h("p", {}, ...coded(text)), table: (block) => tableOf(block, send), chart: chartOf };
  const parts = [], charts = () => (parts.at(-1)?.classList.contains("wbc-charts") ? parts.at(-1) : parts[parts.push(h("div", { class: "wbc-charts" })) - 1]);
  for (const block of blocks || []) (block.type === "chart" ? (one) => charts().append(one) : (one) => parts.push(one))(draw[block.type](block));
  return [h("div", { id, role: "tabpanel", tabindex: "0", "data-focus": "page", "aria-label": title, "aria-labelledby": key ? `${id}-tab-${key}` : null }, parts)];
}

// Marks the clip that the mouse or the focus is on, in every map, without asking the kernel.
function link(root) {
  const rings = new Map();
  const plots = () => [...(root.closest(".wbx-comparer")?.querySelectorAll(".js-plotly-plot") || [])];
  const clear = () => rings.forEach((ring) => { ring.style.display = "none"; });
  const show = (row) => plots().forEach((plot) => {
    const points = plot._fullData?.[0], layout = plot._fullLayout;
    if (!points?.x || !(row < points.x.length)) return;
    const left = layout.xaxis.c2p(points.x[row]), top = layout.yaxis.c2p(points.y[row]);
    if (!rings.has(plot)) rings.set(plot, plot.appendChild(h("div", { class: "wbc-ring", "aria-hidden": "true" })));
    const ring = rings.get(plot), inside = left >= 0 && top >= 0 && left <= layout._size.w && top <= layout._size.h;
    Object.assign(ring.style, { display: inside ? "block" : "none", left: `${layout._size.l + left}px`, top: `${layout._size.t + top}px` });
    ring.dataset.row = row;
  });
  // What has the focus stays marked when the mouse goes elsewhere.
  const rest = () => {
    const held = document.activeElement?.closest?.("button[data-row]");
    if (held && root.closest(".wbx-comparer")?.contains(held)) show(Number(held.dataset.row));
    else clear();
  };
  const hook = () => plots().forEach((plot) => {
    if (plot.dataset.wbcLink || plot.dataset.wbxRelay !== "on") return; // the relay takes plotly's listeners away once
    plot.dataset.wbcLink = "on";
    plot.on("plotly_hover", (event) => event.points.filter((point) => point.curveNumber === 0).slice(0, 1).forEach((point) => show(point.pointNumber)));
    plot.on("plotly_unhover", rest);
  });
  const over = (event) => {
    const named = event.target.closest?.("[data-row]");
    if (named && root.closest(".wbx-comparer")?.contains(named) && named.tagName === "BUTTON") show(Number(named.dataset.row));
  };
  const out = (event) => { if (event.target.closest?.("button[data-row]")) setTimeout(rest); }; // when the focus has moved on
  const heard = [["mouseover", over], ["focusin", over], ["mouseout", out], ["focusout", out]];
  heard.forEach(([name, listener]) => document.addEventListener(name, listener));
  const timer = setInterval(hook, 500);
  return () => { clearInterval(timer); heard.forEach(([name, listener]) => document.removeEventListener(name, listener)); };
}

// Let the clips stand still: each picture becomes its own current frame.
function freeze(root) {
  for (const image of root.querySelectorAll("img.wbx-clip")) {
    const still = () => {
      const canvas = h("canvas", { width: image.naturalWidth, height: image.naturalHeight });
      canvas.getContext("2d").drawImage(image, 0, 0);
      image.src = canvas.toDataURL();
    };
    if (image.complete && image.naturalWidth) still();
    else image.addEventListener("load", still, { once: true });
  }
}

function keys(event, content, send) {
  if (event.target.closest("input, select, textarea") || event.altKey || event.ctrlKey || event.metaKey || !content.clip) return;
  if (event.key === "ArrowRight") send({ event: "step", by: 1 });
  else if (event.key === "ArrowLeft") send({ event: "step", by: -1 });
  else if (event.key === "Backspace") send({ event: "back" });
  else return;
  event.preventDefault();
}

const KINDS = { differs, heading, clip, tabs, page, link: () => [] };

function render({ model, el }) {
  const kind = model.get("kind");
  const label = { clip: "Clip and its neighbours in each model", differs: "What differs between the models" }[kind];
  const root = h("section", { class: `wbx wbc-${kind}-view`, "aria-label": label });
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's one-letter commands must not act on keys that are meant for this part
  el.append(root);
  const send = (message) => model.send(message);
  let paused = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const local = { paused: () => paused, pause: () => { paused = !paused; draw(); } };
  function draw() {
    const held = root.contains(document.activeElement) ? document.activeElement.dataset.focus || "root" : null;
    root.replaceChildren(...KINDS[kind](model.get("content"), send, local));
    if (paused) freeze(root);
    if (held) (root.querySelector(`[data-focus="${CSS.escape(held)}"]:not(:disabled)`) || root).focus({ preventScroll: true });
  }
  if (kind === "clip") {
    root.tabIndex = 0;
    root.addEventListener("keydown", (event) => keys(event, model.get("content"), send));
  }
  model.on("change:content", draw);
  draw();
  const unhook = kind === "link" ? link(root) : () => {};
  return () => { model.off("change:content", draw); unhook(); };
}

export default { render };
