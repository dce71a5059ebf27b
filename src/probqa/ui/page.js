// What Streamlit has no call for: links without a reload, "/" for the question box, copying, scrolling to what is new.
// The server sends it word for word and allows it by its hash; it writes text only, never markup.
(() => {
  if (window.probqa) return;
  window.probqa = true;

  const status = document.createElement("div");
  status.setAttribute("role", "status");
  status.className = "pq-hidden";
  document.body.append(status);

  const go = (link) => {
    history.pushState({}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate"));
  };

  const copy = async (button) => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser does not allow copying";
    }
    status.textContent = button.textContent;
    setTimeout(() => { button.textContent = before; }, 2000);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.pq-go");
    const button = event.target.closest("button.pq-copy");
    const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (link && !elsewhere) {
      event.preventDefault();
      go(link);
    } else if (button) copy(button);
  });

  document.addEventListener("keydown", (event) => {
    const box = document.querySelector("[data-testid=stChatInputTextArea]");
    if (event.key !== "/" || !box || event.target.closest("input, textarea, select, [contenteditable=true]")) return;
    event.preventDefault();
    box.focus();
  });

  // The last element that is marked as arriving comes into view, once; what it says is told to screen readers.
  let arrived = "";
  const arrive = () => {
    const all = document.querySelectorAll("[data-arrive]");
    const last = all[all.length - 1];
    const name = last ? location.pathname + last.dataset.arrive : "";
    if (name === arrived) return;
    arrived = name;
    if (!last) return;
    if (last.dataset.said) status.textContent = last.dataset.said;
    // What stands around it is still being drawn, and a new page is first put at its top.
    setTimeout(() => {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      last.scrollIntoView({ block: last.dataset.block || "start", behavior: calm ? "instant" : "smooth" });
    }, 200);
  };
  // The page may have been drawn before this runs.
  arrive();
  new MutationObserver(arrive).observe(document.body, { childList: true, subtree: true });
})();
