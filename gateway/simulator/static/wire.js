// The wire's history: each request and its answer as they went over the webhook, the newest first.
import { drawLine } from "./room.js";

const MOST = 200;

const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });

export class Wire {
  constructor(list, empty, clear) {
    Object.assign(this, { list, empty, clear });
    clear.addEventListener("click", () => { list.replaceChildren(); this.show(); });
  }

  add({ door, url, form, status, text, ms, at }, phone) {
    const item = document.createElement("li");
    const all = document.createElement("details");
    const time = at.toLocaleTimeString([], { hour12: false });
    const took = `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
    const head = document.createElement("summary");
    head.append(
      element("span", time, "num"), " ", element("b", `Phone ${phone}`), " ", element("code", `POST ${door}`), " ",
      element("span", status || "No answer", status === 200 ? "http" : "http bad"), " ", element("span", took, "num"),
    );
    const fields = element("dl", "", "fields");
    for (const [name, value] of new URLSearchParams(form)) {
      const said = element("dd", "");
      said.append(element("bdi", value || "(empty)"));
      fields.append(element("dt", name), said);
    }
    const raw = element("pre", "", "raw");
    raw.append(...form.split("&").flatMap((pair, nth) => (nth ? [document.createElement("wbr"), `&${pair}`] : [pair])));
    const answer = element("pre", "", "answer");
    (text || "(empty)").split("\n").forEach((line, nth) => { if (nth) answer.append("\n"); drawLine(answer, line); });
    for (const [each, label] of [[raw, "Form sent"], [answer, "Answer"]]) {
      each.tabIndex = 0;
      each.setAttribute("role", "region");
      each.setAttribute("aria-label", `${label}, ${time}`);
    }
    answer.dir = "ltr";
    const octets = new TextEncoder().encode(text).length;
    all.append(
      head, element("p", "", "line"), fields, element("p", "The form as sent", "line"), raw,
      element("p", `The answer, ${octets} octets of UTF-8`, "line"), answer,
    );
    all.children[1].append(element("code", url));
    for (const open of this.list.querySelectorAll("details[open]")) open.open = open.dataset.kept === "yes";
    head.addEventListener("click", () => { all.dataset.kept = all.open ? "" : "yes"; });
    all.open = true;
    item.append(all);
    this.list.prepend(item);
    while (this.list.children.length > MOST) this.list.lastChild.remove();
    this.show();
  }

  show() {
    this.empty.hidden = this.list.children.length > 0;
    this.clear.disabled = !this.list.children.length;
  }
}
