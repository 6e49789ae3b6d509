// The page: one phone, its messages, and what went over the wire.
import { received } from "./aggregator.js";
import { Handset } from "./handset.js";
import { Thread } from "./thread.js";

const find = (id) => document.getElementById(id);
const kept = (name, otherwise) => localStorage.getItem(`sunwai.${name}`) ?? otherwise;
const keep = (name, value) => localStorage.setItem(`sunwai.${name}`, value);

function onWire({ url, form, status, text, ms }) {
  find("wire").hidden = false;
  find("wire-empty").hidden = true;
  find("wire-url").textContent = url;
  find("wire-form").replaceChildren(...form.split("&").flatMap((pair, at) => (at ? [document.createElement("wbr"), `&${pair}`] : [pair])));
  find("wire-status").textContent = status || "No answer";
  find("wire-time").textContent = `in ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  find("wire-answer").textContent = text || "(empty)";
}

const caller = () => ({ number: find("number").value.trim(), network: find("network").value });
const thread = new Thread({ find, caller, onWire });
const handset = new Handset({ find, caller, onWire, openMessages: () => thread.open() });

for (const id of ["number", "network"]) {
  find(id).value = kept(id, find(id).value);
  find(id).addEventListener("change", () => { keep(id, find(id).value); moved(); });
}
if (!find("network").value) find("network").selectedIndex = 0;
find("no-urdu").addEventListener("change", () => handset.redraw());
find("someone").addEventListener("click", () => {
  find("number").value = `+92300${String(Math.floor(Math.random() * 10_000_000)).padStart(7, "0")}`;
  find("number").dispatchEvent(new Event("change"));
});

function moved() {
  find("carrier").textContent = find("network").selectedOptions[0].dataset.carrier;
  handset.leave();
  thread.restart();
}

function tick() {
  find("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

async function poll() {
  const { number } = caller();
  try {
    if (!document.hidden) thread.take(number, await received(number, thread.last));
  } catch (problem) {
    thread.trouble(problem.message);
  }
  setTimeout(poll, 1000);
}

moved();
tick();
setInterval(tick, 5000);
poll();
