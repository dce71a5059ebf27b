// What a visitor keeps stays in the visitor's browser: the basket's quotes, by name, and the questions asked before.
// The server is told the names when the basket is shown, and keeps neither. Another tab of the same browser follows.
// The server sends it word for word and allows it by its hash; it writes text only, never markup.
(() => {
  if (window.probqa.keeps) return;
  window.probqa.keeps = true;
  const { say } = window.probqa;

  // The same two as in basket.py, and how many questions are listed, of how many characters their addresses may be.
  const MOST = 100, NAME = /^[0-9]{1,9}-[0-9]{1,9}-[0-9a-f]{16}-[a-z0-9][a-z0-9._/-]{0,199}$/;
  const RECENT = 6, ADDRESS = /^\?[!-~]{1,8000}$/, WORDS = 2000;

  // Where the browser allows no storage, what is kept lasts as long as the page.
  const memory = new Map();
  let store = { getItem: (key) => memory.get(key) ?? null, setItem: (key, text) => memory.set(key, text) }, lasts = false;
  try {
    localStorage.getItem("");
    store = localStorage;
    lasts = true;
  } catch { /* as said above */ }

  // Two apps may share a host, each below a path of its own.
  const key = (what) => `probqa ${document.querySelector("[data-base]").dataset.base} ${what}`;

  // Nobody knows who wrote there last: what does not have the right form is as if it were not there.
  const read = (what, fits, most) => {
    let held = null;
    try { held = JSON.parse(store.getItem(key(what))); } catch { /* not ours */ }
    return Array.isArray(held) ? held.filter(fits).slice(0, most) : [];
  };
  const write = (what, held) => {
    try {
      store.setItem(key(what), JSON.stringify(held));
      return true;
    } catch {
      return false;
    }
  };
  const basket = () => [...new Set(read("basket", (name) => typeof name === "string" && NAME.test(name), MOST))];
  const recent = () => read("recent", (one) => one && typeof one.asked === "string" && one.asked.length <= WORDS
    && typeof one.address === "string" && ADDRESS.test(one.address), RECENT);

  // What says so already is left alone: a change would be told to the observer below, and so never end.
  const put = (element, words) => { if (element.textContent !== words) element.textContent = words; };
  const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

  // The basket's own page draws no more what was removed there, and so loses the focus: the next one gets it.
  let removed = null, place = 0;
  const refocus = () => {
    if (!removed || removed.isConnected) return;
    removed = null;
    const others = document.querySelectorAll("button.pq-keep");
    const other = others[Math.min(place, others.length - 1)] ?? document.querySelector("h1");
    if (!other || document.activeElement !== document.body) return;
    if (other.matches("h1")) other.tabIndex = -1;
    other.focus();
  };

  const keep = (button) => {
    const name = button.dataset.keep, held = basket(), on = held.includes(name);
    if (!on && held.length >= MOST) return;
    const kept = on ? held.filter((other) => other !== name) : [...held, name];
    const done = write("basket", kept);
    if (on && document.querySelector("[data-heard]"))
      [removed, place] = [button, [...document.querySelectorAll("button.pq-keep")].indexOf(button)];
    say(done ? `${on ? "Removed from" : "Added to"} basket: ${counted(kept.length, "quote")}`
      : "The browser has no room to keep this");
    drawn();
  };

  const label = (kept) => {
    for (const button of document.querySelectorAll("button.pq-keep")) {
      const on = kept.includes(button.dataset.keep), full = !on && kept.length >= MOST;
      const says = on ? "Remove from basket" : full ? `The basket is full (${kept.length} quotes)` : "Add to basket";
      put(button.firstChild, says);
      button.disabled = full;
    }
    // React owns the words of the menu, so that the style sheet adds the number.
    for (const link of document.querySelectorAll("a[href$='/basket']")) {
      if (kept.length) link.dataset.kept = kept.length;
      else delete link.dataset.kept;
    }
  };

  // The names are told by an address that stands there for that moment only, and again until the server says that it
  // has heard them: Streamlit breaks a run off when the next one is asked for, and forgets a page that was away long.
  let last = "", number = 0, next = 0;
  const tell = (kept) => {
    const server = document.querySelector("[data-heard]");
    if (!server) return;
    const now = Date.now(), names = kept.join(" ");
    if (names !== last || !number) [last, number, next] = [names, number + 1, 0];
    if (server.dataset.heard === `${number}` || now < next) return;
    next = now + 1000;
    setTimeout(drawn, 1100);
    const here = location.href, telling = new URL(here);
    telling.searchParams.set("told", number);
    for (const name of kept) telling.searchParams.append("kept", name);
    history.replaceState(history.state, "", telling);
    dispatchEvent(new PopStateEvent("popstate"));
    history.replaceState(history.state, "", here);
  };

  // A question is remembered once for each time that it is drawn: one that was forgotten stays so.
  let remembered = "";
  const remember = () => {
    const asked = document.querySelector("[data-asked]")?.dataset;
    const address = asked?.link.replace(/^[^?]*/, "") ?? "";
    if (!address || address === remembered) return;
    remembered = address;
    if (ADDRESS.test(address))
      write("recent", [{ asked: asked.asked, address },
        ...recent().filter((one) => one.asked !== asked.asked)].slice(0, RECENT));
  };

  const made = (tag, words = "", more = {}) => Object.assign(document.createElement(tag), { textContent: words }, more);

  const list = (questions) => {
    const place = document.querySelector(".pq-asked");
    const says = JSON.stringify(questions);
    if (!place || place.dataset.says === says) return;
    place.dataset.says = says;
    place.replaceChildren();
    if (!questions.length) return;
    const items = questions.map(({ asked, address }) => {
      const item = made("li");
      item.append(made("a", asked, { href: `.${address}`, className: "pq-go" }));
      return item;
    });
    const all = made("ul", "", { className: "pq-recent" });
    all.append(...items);
    place.append(made("p", "Asked before", { className: "pq-side" }), all);
  };

  // What was forgotten can be brought back until one leaves: nobody is asked whether they are sure.
  let forgotten = null;
  const forget = () => {
    if (forgotten) {
      for (const [what, held] of Object.entries(forgotten)) write(what, held);
      forgotten = null;
      say("Brought back");
    } else {
      forgotten = { basket: basket(), recent: recent() };
      for (const what of Object.keys(forgotten)) write(what, []);
      say("Forgotten: the basket and the questions asked before");
    }
    drawn();
  };

  const offer = (kept, questions) => {
    const held = [kept.length && counted(kept.length, "quote"), questions.length && counted(questions.length, "question")];
    const what = held.filter(Boolean).join(" and ");
    const says = what ? `Forget everything (${what})` : forgotten ? "Forgotten. Bring it back" : "";
    if (what) forgotten = null;
    for (const button of document.querySelectorAll("button.pq-forget")) {
      put(button, says);
      button.hidden = !says;
    }
    const warning = lasts ? "" : "This browser keeps nothing for this site: it is gone when you close the page.";
    for (const note of document.querySelectorAll(".pq-lasts")) put(note, warning);
  };

  const drawn = () => {
    if (!document.querySelector("[data-base]")) return;
    remember();
    const kept = basket(), questions = recent();
    label(kept);
    list(questions);
    offer(kept, questions);
    tell(kept);
    refocus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.pq-keep, button.pq-forget");
    if (button) (button.matches(".pq-keep") ? keep : forget)(button);
  });
  // Another tab has kept something; a page that was asleep is not told so.
  addEventListener("storage", drawn);
  addEventListener("pageshow", drawn);
  document.addEventListener("visibilitychange", drawn);
  drawn();
  new MutationObserver(drawn).observe(document.body, { childList: true, subtree: true });
})();
