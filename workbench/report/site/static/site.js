// The search box, and the menu on narrow windows. Without this script the pages read all the same.
(() => {
  const LIMIT = 24;
  const root = document.documentElement;
  root.classList.add("scripted");

  const button = document.querySelector(".menu-button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    root.classList.toggle("menu-open", open);
  });

  const box = document.querySelector(".search");
  const input = document.getElementById("search-box");
  const list = document.getElementById("found");
  const status = box.querySelector(".hits");
  box.hidden = false;

  function score(entry, words) {
    const title = entry.t.toLowerCase();
    const all = `${title} ${entry.k} ${entry.x.toLowerCase()}`;
    let sum = 0;
    for (const word of words) {
      if (!all.includes(word)) return 0;
      if (title === word) sum += 100;
      else if (title.startsWith(word)) sum += 20;
      else if (title.includes(word)) sum += 10;
      else if (entry.k.includes(word)) sum += 4;
      else sum += 1;
    }
    return entry.k === "run" ? sum / 2 : sum;
  }

  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    return SITE_INDEX.map((entry) => [score(entry, words), entry]).filter(([points]) => points)
      .sort((a, b) => b[0] - a[0]).map(([, entry]) => entry);
  }

  function show() {
    const found = find(input.value);
    list.replaceChildren();
    list.hidden = !found || !found.length;
    status.textContent = !found ? "" : found.length ? `${found.length} found` : "Nothing found";
    for (const entry of (found ?? []).slice(0, LIMIT)) {
      const link = document.createElement("a");
      link.href = entry.u;
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = entry.k;
      const title = document.createElement("strong");
      title.textContent = entry.t;
      const about = document.createElement("span");
      about.className = "about";
      about.textContent = entry.x.slice(0, 110);
      link.append(title, kind, about);
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
  }

  function close() {
    input.value = "";
    show();
    input.focus();
  }

  input.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    const links = [input, ...list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && here >= 0) {
      event.preventDefault();
      links[Math.min(Math.max(here + step, 0), links.length - 1)].focus();
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && document.activeElement === input && links.length > 1) {
      links[1].click();
    }
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget) && event.relatedTarget) list.hidden = true;
  });
  input.addEventListener("focus", () => { list.hidden = !list.children.length; });
  list.addEventListener("click", (event) => {
    if (event.target.closest("a")) list.hidden = true;
  });
})();
