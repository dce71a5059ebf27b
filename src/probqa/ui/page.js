// What Streamlit has no call for: links without a reload, a way past the menu, "/" for the question box, copying, sharing,
// telling what has been answered, scrolling to what is new and back to where one was, a
// menu that says so and closes, tables that show that there is more of them.
// The server sends it word for word and allows it by its hash; it writes text only, never markup.
(() => {
  if (window.probqa) return;

  const status = document.createElement("div");
  status.setAttribute("role", "status");
  status.className = "pq-hidden";
  document.body.append(status);
  const say = (words) => { status.textContent = words; };
  window.probqa = { say };

  // The first stop of the Tab key leads past menu and filters.
  const skip = Object.assign(document.createElement("a"), {
    href: "#stMain", textContent: "Skip to main content", className: "pq-skip",
  });
  skip.addEventListener("click", (event) => {
    // Not to another address, which Streamlit would take for another page.
    event.preventDefault();
    reach(newest()[0] ?? document.querySelector("#root h1"));
  });
  document.body.prepend(skip);

  // A heading takes the focus only when it is given it.
  const reach = (heading, how = {}) => {
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus(how);
  };

  const go = (link) => {
    history.pushState({}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate"));
  };

  // A link as someone else can open it.
  const whole = (button) => new URL(button.dataset.link, location.href).href;

  const put = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Without https a page has no clipboard but this one.
    const box = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "pq-hidden" });
    const focused = document.activeElement;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    focused?.focus();
    if (!done) throw new Error("refused");
  };

  const copy = async (button) => {
    const before = button.before ??= [...button.childNodes];
    try {
      await put(button.dataset.copy ?? whole(button));
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser does not allow copying";
    }
    say(button.textContent);
    setTimeout(() => button.replaceChildren(...before), 2000);
  };

  const share = (button) =>
    // Whoever closes the sheet has changed their mind.
    navigator.share({ title: button.dataset.title, url: whole(button) }).catch(() => {});
  if (navigator.share) document.documentElement.classList.add("pq-can-share");

  const opensHere = (event) =>
    event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.pq-go");
    const button = event.target.closest("button.pq-copy, button.pq-send");
    if (link && opensHere(event)) {
      event.preventDefault();
      go(link);
    } else if (button) (button.matches(".pq-send") ? share : copy)(button);
  });

  // Streamlit runs the page again at an "r" and would empty its caches at a "c": a single letter, spoken or typed beside a
  // box, must do nothing.
  addEventListener("keydown", (event) => {
    if (/^[cr]$/i.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target))
      event.stopImmediatePropagation();
  }, true);

  const isTyping = (element) => element.closest?.("input, textarea, select, [contenteditable=true]");
  document.addEventListener("keydown", (event) => {
    const box = document.querySelector("[data-testid=stChatInputTextArea]");
    if (event.key !== "/" || !box || isTyping(event.target)) return;
    event.preventDefault();
    box.focus();
  });

  // A page that a link leads to is shown from its top, one that Back leads to where it was left. It is drawn bit by bit,
  // so that it is put there again and again for a while, unless someone scrolls meanwhile.
  const left = new Map();
  let path = location.pathname, goingBack = false, place = 0, until = 0;
  addEventListener("popstate", (event) => { goingBack = event.isTrusted; });
  addEventListener("scroll", ({ target }) => {
    if (!(target instanceof Element && target.matches(".stMain"))) return;
    const here = location.href, top = target.scrollTop;
    // Not what a page scrolls to by itself as it shrinks on its way to another.
    setTimeout(() => { if (location.href === here && target.scrollTop === top) left.set(here, top); }, 300);
  }, true);
  for (const touch of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(touch, () => { until = 0; }, { capture: true, passive: true });
  const putInPlace = () => {
    const main = document.querySelector(".stMain");
    if (!main) return;
    if (location.pathname !== path) {
      path = location.pathname;
      place = goingBack && left.get(location.href) || 0;
      until = place ? Date.now() + 1500 : 0;
      main.scrollTop = place;
      goingBack = false;
    } else if (Date.now() < until) main.scrollTop = place;
  };

  // The last element that is marked as arriving comes into view, once; what it says is told to screen readers.
  let arrived = "";
  const arrive = () => {
    // Of a page that is drawn in two ways, what this window does not show is passed over.
    const all = [...document.querySelectorAll("[data-arrive]")].filter((one) => one.getClientRects().length);
    const last = all[all.length - 1];
    const name = last ? location.pathname + last.dataset.arrive : "";
    if (name === arrived) return;
    arrived = name;
    if (!last || Date.now() < until) return;
    if (last.dataset.said) say(last.dataset.said);
    // What stands around it is still being drawn, and a new page is first put at its top.
    setTimeout(() => {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      last.scrollIntoView({ block: last.dataset.block || "start", behavior: calm ? "instant" : "smooth" });
    }, 200);
  };

  // An answer that comes is told to screen readers, and reading goes on at its question: not where the page was opened
  // with it, and not away from a filter or from what is being typed.
  const newest = () => {
    const all = document.querySelectorAll("[data-answer]");
    const last = all[all.length - 1];
    return [last, last ? location.pathname + last.dataset.answer + last.dataset.said : ""];
  };
  let [, answered] = newest();
  const answer = () => {
    const [last, name] = newest();
    if (name === answered) return;
    answered = name;
    if (!last) return;
    say(last.dataset.said);
    const focused = document.activeElement;
    if (focused.closest(".stSidebar") || (isTyping(focused) && focused.value)) return;
    reach(last, { preventScroll: true });
  };

  // What the server sent first, to be read at once, goes when the same is drawn: where one was stays in place, and what
  // was typed goes on in the box of the page.
  const takeOver = () => {
    const first = document.getElementById("pq-first");
    const app = document.querySelector("#root .stApp[data-test-script-state=notRunning]");
    const box = document.querySelector("#root [data-testid=stChatInputTextArea]");
    if (!first || !app || first.querySelector(".st-key-ask") && !box) return;
    const form = first.querySelector(".st-key-ask input[name=q]:not([type=hidden])");
    const { scrollY } = window, focused = document.activeElement;
    first.remove();
    document.getElementById("root").inert = false;
    if (scrollY) {
      place = scrollY;
      until = Date.now() + 1500;
    }
    if (form?.value) type(box, form.value);
    const there = focused === form ? box : focused?.href && [...app.querySelectorAll("a")].find(
      (link) => link.href === focused.href);
    there?.focus();
  };
  const type = (box, text) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // A picture that is larger than its frame is moved in it so that what is marked can be seen, once.
  let centred = null;
  const centre = () => {
    const box = document.querySelector(".pq-box");
    if (!box || box === centred) return;
    centred = box;
    const sheet = box.closest(".pq-sheet"), leaf = box.closest(".pq-leaf");
    const put = () => {
      sheet.scrollTop = box.offsetTop - (sheet.clientHeight - box.offsetHeight) / 2;
      sheet.scrollLeft = box.offsetLeft - (sheet.clientWidth - box.offsetWidth) / 2;
    };
    put();
    leaf.querySelector("img").addEventListener("load", put, { once: true });
  };

  // While the server does not answer the page can be read, and what was typed stays. Streamlit would cover it with a box.
  const lost = document.createElement("div");
  lost.setAttribute("role", "status");
  lost.className = "pq-lost";
  document.body.append(lost);
  let waiting = 0, left_off = null;
  const told = () => {
    // Where one signs in the page itself says what that may mean.
    const gone = document.querySelector("[data-base]")?.dataset.gone
      ?? "This server does not answer at the moment. You can read on, what you typed stays, and the page goes on by itself.";
    lost.textContent = navigator.onLine
      ? gone
      : "You are offline. You can read on, what you typed stays, and the page goes on by itself.";
  };
  const watch = () => {
    const state = document.querySelector("#root .stApp")?.dataset.testConnectionState;
    if (!state || state === "INITIAL") return;
    if (state !== "CONNECTED") {
      if (!waiting) {
        left_off = document.activeElement;
        // A moment without an answer is not worth a word.
        waiting = setTimeout(told, 2000);
      }
      document.querySelector(".stDialog [aria-label=Close]")?.click();
    } else if (waiting) {
      clearTimeout(waiting);
      waiting = 0;
      if (lost.textContent) say("The page goes on");
      lost.textContent = "";
      if (document.activeElement === document.body) left_off.focus();
    }
  };

  // On a phone the side bar is the menu. It closes when a page or a question in it was chosen, and is closed where a page
  // is opened: the framework remembers it as it was left. style.css shows what its buttons are called here.
  const phone = matchMedia("(max-width: 767.98px)");
  const closeMenu = () => {
    if (phone.matches) document.querySelector(".stSidebar[data-collapsed=false] [data-testid=stSidebarCollapseButton] button")?.click();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest(".stSidebar a, .pq-close")) setTimeout(closeMenu);
  });
  let opened = false;
  const menu = () => {
    if (!opened && document.querySelector(".stSidebar")) {
      opened = true;
      closeMenu();
    }
    const names = phone.matches ? ["Menu", "Close the menu"] : ["Filters", "Hide the filters"];
    ["[data-testid=stExpandSidebarButton]", "[data-testid=stSidebarCollapseButton] button"].forEach((button, number) =>
      document.querySelector(button)?.setAttribute("aria-label", names[number]));
  };
  phone.addEventListener("change", menu);

  // What can be scrolled sideways is marked until its end is in view.
  const measure = (box) => box.toggleAttribute("data-more", box.scrollWidth - box.clientWidth - box.scrollLeft > 1);
  const more = () => document.querySelectorAll(".pq-scroll").forEach(measure);
  addEventListener("resize", more);
  addEventListener("scroll", ({ target }) => {
    if (target instanceof Element && target.matches(".pq-scroll")) measure(target);
  }, true);

  // The page may have been drawn before this runs.
  const drawn = () => { takeOver(); watch(); putInPlace(); arrive(); answer(); centre(); menu(); more(); };
  drawn();
  new MutationObserver(drawn).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state", "data-test-connection-state"],
  });
})();
