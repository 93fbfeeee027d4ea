// What htmx leaves to the page: dialogs, the countdown of the unlock, and sending a form again
// after the sign-in or the code that it lacked. Without this file every action works as plain forms.
"use strict";

const byId = (id) => document.getElementById(id);
const dialogs = () => [byId("dialog"), byId("gate")];

// Dialogs: htmx fills them, this opens them; the browser keeps the focus inside and gives it back.

let opener = null;
let title = "";

document.addEventListener("htmx:before:request", () => {
  if (!dialogs().some((dialog) => dialog.open)) {
    title = document.title;
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const dialog of dialogs()) {
    if (dialog.childElementCount && !dialog.open) {
      opener = document.activeElement.id || opener;
      dialog.showModal();
    }
  }
});

// A dialog is emptied at once: its "close" event comes later, when it may be filled again.

const shut = (dialog) => {
  unsaved.delete(dialog);
  dialog.replaceChildren();
  dialog.close();
};

// What was typed in a dialog is not thrown away unasked. A form that came back from the server has it as its own values.

const unsaved = new Set();
const TYPED_INTO = "input:not([type=hidden], [type=checkbox])";
const hasChanges = (dialog) => [...dialog.querySelectorAll("form")].some(isChanged);
const wouldLose = (dialog) =>
  hasChanges(dialog) || (unsaved.has(dialog) && [...dialog.querySelectorAll(TYPED_INTO)].some((field) => field.value));

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const dialog = ctx.sourceElement.closest("dialog[open]");
  if (ctx.sourceElement.matches("a")) {
    unsaved.delete(dialog); // "Take theirs"
  } else if (dialog && (hasChanges(dialog) || (ctx.sourceElement.matches("button") && ctx.target === dialog))) {
    unsaved.add(dialog);
  }
});

const ask = (dialog) => {
  if (!dialog.querySelector(".question")) {
    dialog.firstElementChild.prepend(byId("typed-here").content.cloneNode(true));
  }
  dialog.querySelector("[data-keep]").focus();
  dialog.scrollTop = 0;
};

const cancel = (event) => {
  event.preventDefault();
  if (!event.target.closest("[data-discard]") && wouldLose(event.currentTarget)) {
    ask(event.currentTarget);
    return;
  }
  if (event.currentTarget.id === "gate") {
    refused = null;
    if (byId("lock-bar")?.dataset.state === "locked") {
      document.dispatchEvent(new Event("locked")); // for the region that waited for its answer
    }
  }
  shut(event.currentTarget);
  document.title = title; // which may tell of an error in what was left
};

for (const dialog of dialogs()) {
  dialog.addEventListener("cancel", cancel); // Escape
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close], [data-discard]")) {
      cancel(event);
    } else if (event.target.closest("[data-keep]")) {
      dialog.querySelector(".question").remove();
      dialog.querySelector(TYPED_INTO)?.focus();
    }
  });
  dialog.addEventListener("close", () => {
    if (!dialog.open && dialog.childElementCount) {
      dialog.showModal(); // a browser closes it at the second Escape, without asking this file
      ask(dialog);
    } else if (!dialog.open && document.activeElement === document.body) {
      (byId(opener) || byId(home) || byId("lock-bar"))?.focus();
    }
  });
}

// When a swap takes away what had the focus, its region keeps it.

let home = null;

document.addEventListener("htmx:before:swap", () => {
  home = document.activeElement.closest("section[id]")?.id || home;
});

document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === document.body && !dialogs().some((dialog) => dialog.open)) {
    byId(home)?.focus();
  }
});

document.addEventListener("close-dialog", () => shut(byId("dialog")));
document.addEventListener("close-gate", () => shut(byId("gate")));

// A request that was refused for want of a sign-in or a code is sent again once there is one.

let refused = null;

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.hx?.retarget === "#gate" && !ctx.sourceElement.closest("#gate")) {
    refused = { element: ctx.sourceElement, submitter: ctx.request.submitter };
  }
});

document.addEventListener("retry", () => {
  const { submitter } = refused || {};
  const anew = byId(submitter?.id)?.form; // its region may have come anew
  const element = refused?.element.isConnected ? refused.element : anew;
  refused = null;
  if (!element) {
    return;
  }
  if (element instanceof HTMLFormElement) {
    element.requestSubmit(submitter?.isConnected ? submitter : null);
  } else {
    element.click();
  }
});

// A page may be open across a sign-in; its forms then send the token of the new session. What stands
// in the gate came just now, and its token with it.

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.body?.has("csrf_token") && !ctx.sourceElement.closest("#gate")) {
    ctx.request.body.set("csrf_token", byId("csrf").content);
  }
});

// What the page asks for by itself says in its own place that it got no answer.

const POLLED = "#link, #lock-bar, #ladder, .waiting *";

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches(POLLED)) {
    ctx.sourceElement.classList.toggle("stale", !ctx.response?.raw.ok);
  }
});

// Words of trouble go where they can be seen: into the open dialog, otherwise above the page.

const showTrouble = (element, content) => {
  const form = element?.closest("dialog")?.querySelector("form[method=post]");
  content.firstElementChild.classList.add("trouble");
  if (form) {
    form.querySelector(".trouble")?.remove();
    form.prepend(content);
  } else {
    byId("status").replaceChildren(content);
    byId("status").scrollIntoView({ block: "nearest" });
  }
};

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const dialog = ctx.sourceElement.closest("dialog[open]");
  if (ctx.hx?.retarget === "#status" && dialog) {
    event.preventDefault();
    const template = document.createElement("template");
    template.innerHTML = ctx.text;
    template.content.querySelector("title")?.remove();
    showTrouble(ctx.sourceElement, template.content);
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement.matches(POLLED)) {
    ctx.sourceElement.classList.add("stale");
    return;
  }
  const mayBeDone = ctx?.request.method !== "GET" && !ctx?.sourceElement.matches(CHECKING);
  showTrouble(ctx?.sourceElement, byId(mayBeDone ? "unknown" : "unreachable").content.cloneNode(true));
});

// A region or a dialog gives way only to itself. What a proxy answers in the panel's place, or the server to a name
// that it does not know any more, is told in words; the page stays as it is.

const brings = (text, selector) => {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content.querySelector(selector) !== null;
};

const isOurs = ({ target, swapSpec: { style } }, { text, response }) => {
  if (style === "none") {
    return response.raw.ok || !text.trim();
  }
  if (target?.matches("dialog")) {
    return brings(text, ".dialog");
  }
  return style !== "outerHTML" || !target?.id || brings(text, `#${CSS.escape(target.id)}`);
};

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find(({ type }) => type === "main");
  if (!main || isOurs(main, ctx)) {
    return;
  }
  event.preventDefault();
  if (ctx.sourceElement.matches(POLLED)) {
    return;
  }
  const content = byId("unreachable").content.cloneNode(true);
  if (ctx.response.raw.headers.get("Content-Type")?.startsWith("text/plain")) {
    content.firstElementChild.textContent = ctx.text;
  }
  showTrouble(ctx.sourceElement, content);
});

// What was said about the last action goes when the next one begins; what was said of a state, when the page shows
// another or does not know; what was said of a form's content, when somebody types there; and anything when it is closed.

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches("form, a, button")) {
    byId("status").replaceChildren();
    ctx.sourceElement.closest("dialog")?.querySelector(".trouble")?.remove();
  }
});

const endMessages = () => {
  for (const message of document.querySelectorAll("[data-while]")) {
    if (!document.querySelector(`[data-holds~="${message.dataset.while}"]:not(.stale)`)) {
      message.remove();
    }
  }
};

for (const event of ["htmx:after:swap", "htmx:after:request", "htmx:error"]) {
  document.addEventListener(event, endMessages);
}

document.addEventListener("input", ({ target }) => {
  for (const said of target.closest("dialog")?.querySelectorAll(".notice-done, .found") || []) {
    said.remove();
  }
});

document.addEventListener("click", (event) => {
  const message = event.target.closest(".close")?.parentElement;
  if (message) {
    event.preventDefault();
    const place = message.closest("form") || byId("lock-bar");
    message.remove();
    (place?.querySelector("input:not([type=hidden])") || place)?.focus();
  }
});

// A check takes seconds, while its ladder asks how far it has come. Each answer is for the dialog that it began in, and
// none replaces a later one or, looked up, what was typed meanwhile.

const CHECKING = "[data-check], #ladder, .waiting *";
const typedIn = (element) => new URLSearchParams(new FormData(element.closest("form"))).toString();
let typedBefore = "";

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches("[data-check]")) {
    typedBefore = typedIn(ctx.sourceElement);
  }
});

document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement } = event.detail.ctx;
  const isOver = sourceElement.id === "ladder" && !document.querySelector("[data-check].htmx-request");
  if (sourceElement.matches(CHECKING) && (isOver || !sourceElement.isConnected)) {
    event.preventDefault();
  } else if (sourceElement.id === "look-up" && typedIn(sourceElement) !== typedBefore) {
    event.preventDefault();
    byId("ladder").replaceChildren();
    showTrouble(sourceElement, byId("typed-meanwhile").content.cloneNode(true));
  }
});

document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.ctx.sourceElement.matches(CHECKING)) {
    (document.querySelector("#ladder .failed, #ladder .unneeded") || byId("ladder"))?.scrollIntoView({ block: "nearest" });
  }
});

// What is asked for again and again waits while nobody can see it.

document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && ["every", "visibilitychange"].includes(event.detail.ctx.sourceEvent.type)) {
    event.preventDefault();
  }
});

// A region in which something waits for the code does not ask for news: what waits would be gone with it.

document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement } = event.detail.ctx;
  if (sourceElement.id === "link" && sourceElement.contains(refused?.element ?? null)) {
    event.preventDefault();
  }
});

// Locking: forms in which something was typed stay as they are, and so does what waits for the code; everything
// else becomes text.

const isChanged = (form) =>
  [...form.elements].some(
    (field) => "defaultValue" in field && (field.value !== field.defaultValue || field.checked !== field.defaultChecked),
  );

document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement, sourceEvent } = event.detail.ctx;
  if (sourceEvent?.type !== "locked") {
    return;
  }
  const waits = sourceElement.contains(refused?.element ?? null);
  if (waits || [...sourceElement.querySelectorAll("form.protected")].some(isChanged)) {
    event.preventDefault();
  }
});

// A masked secret can be pasted, and no more be taken out of its field than a password.

for (const taking of ["copy", "cut", "dragstart"]) {
  document.addEventListener(taking, (event) => {
    if (event.target instanceof Element && event.target.matches(".secret")) {
      event.preventDefault();
    }
  });
}

// The countdown runs from the seconds that the server sent, on a clock that nobody can set.

const ANNOUNCED = [120, 60, 20];
const ASK_AGAIN = 10_000; // milliseconds, while the server does not answer
let bar = null;
let end = 0;
let asked = 0;
let announced = Infinity;

const inWords = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

const tick = () => {
  const present = byId("lock-bar");
  if (present !== bar) {
    bar = present;
    end = performance.now() + 1000 * Number(bar?.dataset.secondsLeft);
    announced = Number(bar?.dataset.secondsLeft) + 1;
    asked = -Infinity;
    byId("announcer").textContent = "";
  }
  if (bar?.dataset.state !== "unlocked") {
    return;
  }
  const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
  byId("time-left").textContent = inWords(left);
  const due = ANNOUNCED.findLast((seconds) => left <= seconds);
  if (due && due < announced) {
    announced = due;
    byId("announcer").textContent = bar.getAttribute(`data-say-${due}`);
  }
  if (left === 0 && performance.now() - asked > ASK_AGAIN) {
    asked = performance.now();
    htmx.trigger(bar, "expired");
  }
};

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);

// On paper stand all servers that were found, not one page of them. What is printed is decided when this returns, so
// that it is the one request which waits for its answer; without an answer the paper says what it lacks.

let onScreen = null;

addEventListener("beforeprint", () => {
  const link = byId("print-all");
  if (!link) {
    return;
  }
  const request = new XMLHttpRequest();
  try {
    request.open("GET", link.href, false);
    request.send();
  } catch {
    return;
  }
  const all = new DOMParser().parseFromString(request.responseText, "text/html").getElementById("printed");
  if (request.status === 200 && all) {
    all.querySelector("h1").remove();
    onScreen = byId("partner-list");
    onScreen.replaceWith(document.adoptNode(all));
  }
});

addEventListener("afterprint", () => {
  byId("printed")?.replaceWith(onScreen);
});
