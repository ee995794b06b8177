// Draws the figures of a page, again when the colours of the screen change; on paper they are light.
(() => {
  const DARK = {
    "#ffffff": "#15181c", "#1b1f24": "#e6e9ed", "#111111": "#f2f4f7", "#000000": "#ffffff", "#e3e6ea": "#343b44",
    "#444b54": "#b3bcc6", "#555555": "#a3adb8", "#777777": "#98a2ad", "#0072b2": "#4aa3df",
  };
  const GROUNDS = ["paper_bgcolor", "plot_bgcolor", "bgcolor"];
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");

  function darkened(key, value) {
    if (typeof value !== "string") return value;
    if (value === "white" && GROUNDS.includes(key)) return DARK["#ffffff"];
    return DARK[value.toLowerCase()] ?? value;
  }

  let drawn = null;

  function draw() {
    const dark = scheme.matches && !paper.matches;
    if (dark === drawn) return;
    drawn = dark;
    for (const holder of document.querySelectorAll("div.figure")) {
      const figure = JSON.parse(holder.querySelector("script").textContent, dark ? darkened : undefined);
      if (dark) {
        const axis = { linecolor: "#98a2ad", tickcolor: "#98a2ad", zerolinecolor: "#343b44", gridcolor: "#343b44" };
        const font = { color: "#e6e9ed" };
        const ground = { paper_bgcolor: "#15181c", plot_bgcolor: "#15181c" };
        figure.layout.template = { layout: { font, xaxis: axis, yaxis: axis, ...ground } };
      }
      Plotly.react(holder, figure.data, figure.layout, { responsive: true, displayModeBar: false });
    }
  }

  draw();
  scheme.addEventListener("change", draw);
  paper.addEventListener("change", draw);
})();
