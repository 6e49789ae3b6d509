// The path of a call and what its flow knows, and the call saved as a scripted call.
import { scripted, whereabouts } from "./aggregator.js";

const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

export class CallPath {
  constructor(find) {
    this.find = find;
    this.heard = [];
    find("record").addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
  }

  // A call begins.
  begin(session, dialled) {
    Object.assign(this, { session, dialled, heard: [], texted: "", over: false });
    this.find("path").replaceChildren();
    this.find("variables").replaceChildren();
    this.find("record-text").hidden = this.find("record-draft").hidden = true;
    this.find("record-note").textContent = "";
  }

  // A screen came: what was typed for it, its words, and whether the call is over.
  async hear(typed, body, ends) {
    const session = this.session;
    this.heard.push({ typed, body, ends });
    this.over = ends;
    this.find("record-save").disabled = false;
    const item = document.createElement("li");
    this.find("path").append(item);
    this.find("path-steps").hidden = false;
    this.find("path-empty").hidden = true;
    item.append(typed ? element("kbd", typed) : "dialled", " → ");
    const known = await whereabouts(session);
    if (session !== this.session) return;
    item.append(known ? element("code", known.screen) : "a screen of a call that is not kept");
    if (known?.wrong) item.append(" · not accepted");
    if (ends) item.append(" · the call ends");
    this.find("path-steps").scrollTop = this.find("path-steps").scrollHeight;
    if (!known) return;
    const rows = [["flow", `${known.flow} r${known.revision}`], ["language", known.language], ...known.values];
    this.find("variables").replaceChildren(...rows.flatMap(([name, value]) => {
      const said = document.createElement("dd");
      said.append(element("bdi", value));
      return [element("dt", name), said];
    }));
  }

  // A text came to this phone: the first one after the end belongs to the call.
  text(words) {
    if (this.over && !this.texted) this.texted = words;
  }

  async save() {
    const name = this.find("record-name").value.trim();
    if (!this.heard.length) return;
    const made = await scripted({
      name, dialled: this.dialled, code: this.session.code, heard: this.heard, sms: this.texted,
    });
    this.find("record-note").textContent = made.problem || made.said;
    if (made.problem) return;
    this.find("record-text").hidden = false;
    this.find("record-text").textContent = made.text;
    this.find("record-draft").hidden = !made.draft;
    if (made.draft) this.find("record-link").href = made.draft;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([made.text], { type: "application/yaml" }));
    link.download = made.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
