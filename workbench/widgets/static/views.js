// Draws one part of the explorer: status, legend, clip, table, training, pause or relay. Text enters the page as text nodes only.
// Content of each kind:
//   status {level: "info" | "busy" | "problem", text}                     `words` between backticks become code
//   legend {title, entries: [{value, name, count, colour, symbol, picked}], scale: {colours, low, high} | null, shape, shapes: [{symbol, name}], note}
//   clip   {empty} or {clip: {id, name, src, alt}, position, can_back, facts: [{name, value, alike, chance}], more: [{name, value}],
//          predicted: [{name, value, right}], neighbours: [{id, src, alt, similarity, facts: [{name, value, same}]}], space,
//          inside: null | {note} or {patches, errors}: each {note} or {src, alt, note, low, high, colours, times}}
//   table  {title, note, columns, rows: [[clip, …]]}; a message {download, text} makes the page offer a file
//   summary {title, note, rows: [{column, value, count, share, rest, ratio, p}]}
//   hits   {empty} or {title, items: as neighbours}
//   training {name, done, steps, note, warnings: [text], charts: [{title, log, steps, series: [{name, colour, dash, symbol,
//          points: [[step, value]], last, step}]}], audits: [{audit, of, status, found}], log: [line], failed, code}
//   pause  nothing: a button that lets the pictures of the retriever around it stand still
//   relay  nothing: it is not seen

const SHAPES = {
  circle: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z", square: "M3 3h10v10h-10z", diamond: "M8 1l7 7-7 7-7-7z",
  cross: "M6 2h4v4h4v4h-4v4h-4v-4h-4v-4h4z", x: "M4.5 1.5L8 5l3.5-3.5 3 3L11 8l3.5 3.5-3 3L8 11l-3.5 3.5-3-3L5 8 1.5 4.5z",
  "triangle-up": "M8 2l7 12h-14z", "triangle-down": "M8 14l-7-12h14z", "triangle-left": "M2 8l12-7v14z",
  "triangle-right": "M14 8l-12 7v-14z", pentagon: "M8 1.5l6.7 4.8-2.6 7.7h-8.2l-2.6-7.7z",
  hexagon: "M8 1l6 3.5v7l-6 3.5-6-3.5v-7z", bowtie: "M2 3l6 5 6-5v10l-6-5-6 5z",
  star: "M8 1l2 4.9 5.2.4-4 3.4 1.3 5.1L8 12l-4.5 2.8 1.3-5.1-4-3.4 5.2-.4z",
};

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
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

function glyph(symbol, colour) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[symbol] || SHAPES.circle);
  path.setAttribute("fill", colour);
  svg.append(path);
  return svg;
}

const button = (key, label, onclick, more = {}, ...children) =>
  h("button", { type: "button", "data-focus": key, title: label, "aria-label": label, onclick, ...more }, ...children);

function status({ level, text }) {
  if (!text) return [];
  const words = text.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part));
  const mark = { problem: "!", busy: "", info: "i" }[level] ?? "";
  return [h("div", { class: `wbx-status wbx-${level}`, role: level === "problem" ? "alert" : "status" },
    h("span", { class: "wbx-mark", "aria-hidden": "true" }, mark), h("span", {}, ...words))];
}

function legend({ title, entries, scale, shape, shapes, note }, send) {
  if (!title) return [];
  const parts = [h("div", { class: "wbx-legend-title" }, `Colour: ${title}`)];
  if (scale) {
    parts.push(h("div", { class: "wbx-scale" }, h("span", {}, scale.low),
      h("span", { class: "wbx-ramp", style: `background:linear-gradient(90deg,${scale.colours.join(",")})` }), h("span", {}, scale.high)));
  } else {
    const widest = Math.max(...entries.map((entry) => entry.name.length));
    const columns = `grid-template-columns:repeat(auto-fill,minmax(${Math.ceil(widest * 0.85) + 8}ch,1fr))`;
    parts.push(h("div", { class: "wbx-entries", style: columns, role: "group", "aria-label": `Classes of ${title}` }, entries.map((entry) =>
      button(`entry-${entry.value}`, `Select the ${entry.count} clips with ${title} ${entry.name}`,
        () => send({ event: "pick", value: entry.value }), { class: "wbx-entry", "aria-pressed": String(entry.picked) },
        glyph(entry.symbol, entry.colour), h("span", {}, entry.name), h("small", {}, String(entry.count))))));
  }
  if (shape) {
    parts.push(h("div", { class: "wbx-legend-title" }, `Shape: ${shape}`),
      h("div", { class: "wbx-shapes" }, shapes.map((one) => h("span", {}, glyph(one.symbol, "currentColor"), ` ${one.name}`))));
  }
  if (note) parts.push(h("div", { class: "wbx-note" }, note));
  return parts;
}

const picture = (clip, size) => clip.src
  ? h("img", { src: clip.src, alt: clip.alt, width: size, height: size, class: "wbx-clip", draggable: "false" })
  : h("span", { class: "wbx-clip wbx-unread", style: `width:${size}px;height:${size}px`, role: "img", "aria-label": clip.alt }, "cannot be read");

function neighbour(clip, rank, send) {
  const label = `${rank}: ${clip.alt}. Similarity ${clip.similarity}. Look at it.`;
  return button(`neighbour-${rank}`, label, () => send({ event: "look", clip: clip.id }), { class: "wbx-neighbour" },
    picture(clip, 84), h("span", { class: "wbx-rank" }, h("b", {}, String(rank)), ` ${clip.similarity}`),
    h("span", { class: "wbx-values" }, clip.facts.map((fact) =>
      h("span", { class: fact.same ? "wbx-same" : "" }, h("i", {}, fact.same ? "=" : ""), h("small", {}, fact.name), h("span", {}, fact.value)))));
}

function factTable({ facts, more, neighbours }) {
  const alike = facts.some((fact) => fact.alike !== null);
  const row = (fact) => h("tr", {}, h("th", { scope: "row" }, fact.name), h("td", {}, fact.value),
    alike ? h("td", { class: "wbx-number" }, fact.alike === null ? "" : String(fact.alike)) : null,
    alike ? h("td", { class: "wbx-number wbx-dim" }, fact.chance ?? "") : null);
  const head = h("tr", {}, h("th", { scope: "col" }, "factor"), h("th", { scope: "col" }, "value"),
    alike ? h("th", { scope: "col", class: "wbx-number", title: `Of the ${neighbours.length} neighbours, those with the same value` },
      `same, of ${neighbours.length}`) : null,
    alike ? h("th", { scope: "col", class: "wbx-number wbx-dim", title: "How many would be the same if neighbours were drawn at random" },
      "by chance") : null);
  const parts = [h("table", { class: "wbx-facts" }, h("thead", {}, head), h("tbody", {}, facts.map(row)))];
  if (more.length) {
    parts.push(h("details", { class: "wbx-more" }, h("summary", { "data-focus": "more" }, "Other columns"),
      h("table", { class: "wbx-facts" }, h("tbody", {}, more.map((fact) =>
        h("tr", {}, h("th", { scope: "row" }, fact.name), h("td", {}, fact.value)))))));
  }
  return parts;
}

function predictions(predicted) {
  if (!predicted?.length) return [];
  return [h("table", { class: "wbx-facts wbx-predicted" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "probe"), h("th", { scope: "col" }, "predicts"), h("th", { scope: "col" }, ""))),
    h("tbody", {}, predicted.map(({ name, value, right }) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value),
      h("td", { class: right ? "wbx-right" : "wbx-wrong" }, right ? "✓ right" : "✗ wrong")))))];
}

function view(title, part) {
  if (!part) return [];
  const scale = part.low && h("div", { class: "wbx-scale" }, h("span", {}, part.low),
    h("span", { class: "wbx-ramp", style: `background:linear-gradient(90deg,${part.colours.join(",")})` }), h("span", {}, part.high));
  const times = part.times && h("div", { class: "wbx-dim" }, `Mean at each time step: ${part.times.join(", ")}`);
  return [h("div", { class: "wbx-inside" }, part.src ? picture(part, 118) : null,
    h("div", { class: "wbx-grow" }, h("b", {}, title), scale, times, h("div", { class: "wbx-dim" }, part.note)))];
}

function inside(content, send) {
  const on = Boolean(content.inside);
  const parts = [button("inside", "Show the clip's patch features, and where the predictor is wrong",
    () => send({ event: "inside", on: !on }), { "aria-pressed": String(on) }, "Patches and errors")];
  if (!on) return parts;
  if (content.inside.note) return [...parts, h("div", { class: "wbx-note" }, content.inside.note)];
  return [...parts, ...view("Patch features", content.inside.patches), ...view("Error of the predictor", content.inside.errors)];
}

function clip(content, send, local) {
  if (!content.clip) return content.empty ? [h("div", { class: "wbx-empty" }, content.empty)] : [];
  const { clip: shown, neighbours, position, can_back, space } = content;
  const step = (by) => () => send({ event: "step", by });
  return [
    h("div", { class: "wbx-head" }, h("h3", {}, shown.name), h("span", { class: "wbx-dim" }, position), h("span", { class: "wbx-grow" }),
      button("back", "Back to the clip before (Backspace)", () => send({ event: "back" }), { disabled: !can_back }, "Back"),
      button("previous", "Previous clip (left arrow)", step(-1), {}, "◀"), button("next", "Next clip (right arrow)", step(1), {}, "▶"),
      button("pause", "Let the clips move or stand still", local.pause, { "aria-pressed": String(local.paused()) },
        local.paused() ? "Play" : "Pause")),
    h("div", { class: "wbx-main" }, picture(shown, 160), h("div", { class: "wbx-grow" }, ...factTable(content), ...predictions(content.predicted))),
    h("div", { class: "wbx-within" }, ...inside(content, send)),
    h("div", { class: "wbx-head" }, h("h3", {}, "Nearest neighbours"), h("span", { class: "wbx-dim" }, space)),
    h("div", { class: "wbx-neighbours" }, neighbours.map((other, i) => neighbour(other, i + 1, send))),
  ];
}

function table({ title, note, columns, rows }, send) {
  if (!title) return [];
  const clear = button("clear", "Clear the selection", () => send({ event: "clear" }), { disabled: !rows.length }, "Clear");
  const csv = button("csv", "Save the selection as a CSV file", () => send({ event: "csv" }), { disabled: !rows.length }, "CSV");
  const parts = [h("div", { class: "wbx-head" }, h("h3", { role: "status" }, title), h("span", { class: "wbx-grow" }), csv, clear)];
  if (!rows.length) return [...parts, h("div", { class: "wbx-empty" }, note)];
  const line = ([id, ...cells]) => h("tr", {},
    h("td", {}, button(`row-${id}`, `Look at clip ${id}`, () => send({ event: "look", clip: id }), {}, String(id))),
    cells.map((cell) => h("td", {}, cell)));
  parts[0].insertBefore(h("span", { class: "wbx-dim" }, note), parts[0].children[1]);
  parts.push(h("div", { class: "wbx-rows", tabindex: "0", role: "region", "aria-label": title }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows.map(line)))));
  return parts;
}

function summary({ title, note, rows }) {
  if (!title) return [];
  const parts = [h("div", { class: "wbx-head" }, h("h3", {}, title), h("span", { class: "wbx-dim" }, note))];
  if (!rows.length) return parts;
  const names = { column: "factor", value: "value", count: "selected", share: "share", rest: "of the rest", ratio: "ratio", p: "p" };
  const numbers = new Set(["count", "share", "rest", "ratio", "p"]);
  const look = (name) => (numbers.has(name) ? { class: "wbx-number" } : {});
  parts.push(h("div", { class: "wbx-rows", tabindex: "0", role: "region", "aria-label": title }, h("table", {},
    h("thead", {}, h("tr", {}, Object.entries(names).map(([key, name]) => h("th", { scope: "col", ...look(key) }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, Object.keys(names).map((key) => h("td", look(key), row[key]))))))));
  return parts;
}

function hits({ empty, title, items }, send) {
  if (!title) return [h("div", { class: "wbx-empty" }, empty)];
  return [h("div", { class: "wbx-head" }, h("h3", { role: "status" }, title)),
    h("div", { class: "wbx-neighbours wbx-hits" }, items.map((item, i) => neighbour(item, i + 1, send)))];
}

const WIDE = 340, TALL = 150, LEFT = 46, RIGHT = 12, TOP = 8, BOTTOM = 20;

function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
}

const short = (value) => (value !== 0 && (Math.abs(value) >= 1e4 || Math.abs(value) < 1e-3) ? value.toExponential(1) : String(+value.toPrecision(3)));

const mark = (x, y, symbol, colour) =>
  s("path", { d: SHAPES[symbol] || SHAPES.circle, fill: colour, transform: `translate(${x - 5},${y - 5}) scale(.62)` });

function lines({ log, steps, series, title }) {
  const values = series.flatMap((one) => one.points.map((point) => point[1]));
  const scale = log ? Math.log10 : (value) => value;
  let low = Math.min(...values), high = Math.max(...values);
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10];
  const x = (step) => LEFT + (step / Math.max(1, steps - 1)) * (WIDE - LEFT - RIGHT);
  const y = (value) => TALL - BOTTOM - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (TALL - TOP - BOTTOM);
  const middle = log ? Math.sqrt(low * high) : (low + high) / 2;
  const said = series.map((one) => `${one.name} ${one.last} at step ${one.step}`).join("; ");
  const grid = [low, middle, high].flatMap((value) => [
    s("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(value), y2: y(value), class: "wbx-rule" }),
    s("text", { x: LEFT - 5, y: y(value) + 3.5, "text-anchor": "end" }, short(value))]);
  const names = [0, Math.round(steps / 2), steps].map((step, i) =>
    s("text", { x: x(Math.min(step, steps - 1)), y: TALL - 5, "text-anchor": ["start", "middle", "end"][i] }, i ? String(step) : "step 0"));
  const curves = series.flatMap(({ points, colour, dash, symbol }) => {
    const [lastX, lastY] = points[points.length - 1];
    return [s("polyline", { points: points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" "), fill: "none",
      stroke: colour, "stroke-width": 1.8, "stroke-dasharray": dash, "stroke-linejoin": "round" }), mark(x(lastX), y(lastY), symbol, colour)];
  });
  return s("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": `${title} over ${steps} steps: ${said}` }, grid, names, curves);
}

function chart(content) {
  const key = ({ name, colour, dash, symbol, last }) => h("span", { class: "wbx-key" },
    s("svg", { viewBox: "0 0 30 10", "aria-hidden": "true" }, s("line", { x1: 1, x2: 29, y1: 5, y2: 5, stroke: colour, "stroke-width": 2,
      "stroke-dasharray": dash }), mark(15, 5, symbol, colour)), name, h("b", {}, last));
  return h("figure", { class: "wbx-chart" }, h("figcaption", {}, content.title, content.log ? h("small", {}, " (log axis)") : null),
    lines(content), h("div", { class: "wbx-keys" }, content.series.map(key)));
}

function training({ name, done, steps, note, warnings, charts, audits, log, failed, code }) {
  if (!name) return [];
  const parts = [h("div", { class: "wbx-progress" },
    h("progress", { max: Math.max(1, steps), value: Math.min(done, Math.max(1, steps)), "aria-label": `Steps of ${name} done` }),
    h("span", {}, `${done.toLocaleString("en")} of ${steps.toLocaleString("en")} steps`), h("span", { class: "wbx-dim" }, note))];
  if (code) parts.push(h("div", { class: "wbx-code" }, "To look at it, in a new cell: ", h("code", {}, code)));
  if (warnings.length) {
    parts.push(h("div", { class: "wbx-warnings", role: "group", "aria-label": "Signs of collapse" },
      h("h3", {}, "▲ May be collapsing"), h("ul", {}, warnings.map((text) => h("li", {}, text)))));
  }
  if (charts.length) parts.push(h("div", { class: "wbx-charts" }, charts.map(chart)));
  if (audits.length) {
    const sign = { passed: "✓ passed", failed: "✗ failed", noted: "• noted" };
    parts.push(h("table", { class: "wbx-audits" }, h("caption", {}, "Audits"),
      h("thead", {}, h("tr", {}, ["audit", "of", "status", "found"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", {}, audits.map((one) => h("tr", {}, h("td", {}, one.audit), h("td", {}, one.of),
        h("td", { class: `wbx-${one.status}` }, sign[one.status] || one.status), h("td", {}, one.found))))));
  }
  if (log.length) {
    parts.push(h("details", failed ? { open: true } : {}, h("summary", { "data-focus": "log" }, "Last lines of the log"),
      h("pre", { class: "wbx-log", tabindex: "0", "data-focus": "lines", "aria-label": "Last lines of the log" }, log.join("\n"))));
  }
  return parts;
}

const pause = (_, __, local) => [button("pause", "Let the clips move or stand still", local.pause, { "aria-pressed": String(local.paused()) },
  local.paused() ? "Play" : "Pause")];

const KINDS = { status, legend, clip, table, summary, hits, training, pause, relay: () => [] };

// Let the page offer a text as a file.
function download({ download: name, text }) {
  if (!name) return;
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Tells of clicks and lassos on the plot beside it. plotly's own way puts every hover through one variable, and a hover that
// comes while the kernel is busy takes the place of a click or a lasso that was not sent yet. Messages do not replace each other.
function relay(root, send) {
  const heard = ["plotly_click", "plotly_hover", "plotly_unhover", "plotly_selected", "plotly_deselect", "plotly_doubleclick"];
  const rows = (event) => event.points.filter((point) => point.curveNumber === 0).map((point) => point.pointNumber);
  const hook = (plot) => {
    if (plot.dataset.wbxRelay || !plot._ev?.listeners("plotly_hover").length) return; // plotly's listeners are not there yet
    plot.dataset.wbxRelay = "on";
    heard.forEach((name) => plot.removeAllListeners(name));
    plot.on("plotly_click", (event) => rows(event).slice(0, 1).forEach((row) => send({ event: "click", row })));
    plot.on("plotly_selected", (event) => {
      if (event?.lassoPoints || event?.range) send({ event: "drag", rows: rows(event) }); // else no one dragged: a lasso was erased
    });
    plot.on("plotly_deselect", () => send({ event: "deselect" }));
    plot.on("plotly_relayout", (event) => {
      if (event._doNotReportToPy) return;
      if (event["scene.camera"]) send({ event: "zoom", ranges: { camera: event["scene.camera"] } });
      if (!Object.keys(event).some((key) => /^[xy]axis\./.test(key))) return;
      const { xaxis, yaxis } = plot._fullLayout;
      const whole = event["xaxis.autorange"] || event["yaxis.autorange"];
      send({ event: "zoom", ranges: whole ? null : { x: [...xaxis.range], y: [...yaxis.range] } });
    });
  };
  const box = new ResizeObserver(() => root.closest(".wbx-plot")?.querySelectorAll(".js-plotly-plot")
    .forEach((plot) => plot._responsiveChartHandler?.())); // plotly itself looks at the window's size only
  const scan = () => root.closest(".wbx-plot")?.querySelectorAll(".js-plotly-plot").forEach(hook);
  document.addEventListener("plotlywidget-after-render", scan);
  const start = () => {
    const plot = root.closest(".wbx-plot");
    if (plot) box.observe(plot);
    scan();
  };
  const later = [0, 500, 2000].map((delay) => setTimeout(start, delay)); // where the plot was drawn before this part
  return () => {
    box.disconnect();
    document.removeEventListener("plotlywidget-after-render", scan);
    later.forEach(clearTimeout);
  };
}

// Let the clips stand still: each picture becomes its own current frame.
function freeze(root) {
  for (const image of root.querySelectorAll("img.wbx-clip")) {
    const still = () => {
      const canvas = h("canvas", { width: image.naturalWidth, height: image.naturalHeight });
      canvas.getContext("2d").drawImage(image, 0, 0);
      image.dataset.moving = image.src;
      image.src = canvas.toDataURL();
    };
    if (image.dataset.moving) continue;
    if (image.complete && image.naturalWidth) still();
    else image.addEventListener("load", still, { once: true });
  }
}

function thaw(root) {
  for (const image of root.querySelectorAll("img[data-moving]")) {
    image.src = image.dataset.moving;
    delete image.dataset.moving;
  }
}

// Pictures that the kernel writes into the retriever stand still while its button says so, those that come later too.
function stills(root, local) {
  const around = () => root.closest(".wbx-retriever");
  const apply = () => around() && (local.paused() ? freeze : thaw)(around());
  const watch = new MutationObserver(() => local.paused() && apply());
  const later = setTimeout(() => {
    if (around()) watch.observe(around(), { childList: true, subtree: true });
    apply();
  }, 0);
  root.addEventListener("click", apply);
  return () => {
    watch.disconnect();
    clearTimeout(later);
  };
}

function keys(event, content, send) {
  if (event.target.closest("input, select, textarea") || event.altKey || event.ctrlKey || event.metaKey || !content.clip) return;
  const other = content.neighbours[Number(event.key) - 1];
  if (event.key === "ArrowRight") send({ event: "step", by: 1 });
  else if (event.key === "ArrowLeft") send({ event: "step", by: -1 });
  else if (event.key === "Backspace") send({ event: "back" });
  else if (other) send({ event: "look", clip: other.id });
  else return;
  event.preventDefault();
}

function render({ model, el }) {
  const kind = model.get("kind");
  const root = h("section", { class: `wbx wbx-${kind}-view`, "aria-label": { clip: "Clip and its neighbours" }[kind] });
  // JupyterLab's one-letter commands (b: new cell) must not act on keys that are meant for this part.
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(root);
  const send = (message) => model.send(message);
  let paused = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const local = { paused: () => paused, pause: () => { paused = !paused; draw(); } };

  function draw() {
    const held = root.contains(document.activeElement) ? document.activeElement.dataset.focus || "root" : null;
    const open = root.querySelector("details")?.open;
    root.replaceChildren(...KINDS[kind](model.get("content"), send, local));
    if (open && root.querySelector("details")) root.querySelector("details").open = true;
    if (paused) freeze(root);
    if (held) {
      const same = root.querySelector(`[data-focus="${CSS.escape(held)}"]:not(:disabled)`);
      (same || root).focus({ preventScroll: true });
    }
  }
  if (kind === "clip") {
    root.tabIndex = 0;
    root.addEventListener("keydown", (event) => keys(event, model.get("content"), send));
  }
  model.on("change:content", draw);
  model.on("msg:custom", download);
  draw();
  const unhook = kind === "relay" ? relay(root, send) : kind === "pause" ? stills(root, local) : () => {};
  return () => {
    model.off("change:content", draw);
    model.off("msg:custom", download);
    unhook();
  };
}

export default { render };
