// How much room a text takes: GSM-7 septets or UTF-16 units. The same tables as flows/gsm.py, for the reader's eye only.
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const DOUBLE = new Set("^{}\\[~]|€\f");
const ARABIC = /[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]/;

export const isUrdu = (text) => ARABIC.test(text);

// On a phone without the script each character is an empty box.
export const boxes = (text) => text.replace(new RegExp(ARABIC.source, "g"), "□");

export function measure(text) {
  const odd = [...new Set(text)].filter((letter) => !BASIC.has(letter) && !DOUBLE.has(letter));
  if (odd.length) return { encoding: "UCS-2", units: text.length, odd };
  let units = 0;
  for (const letter of text) units += DOUBLE.has(letter) ? 2 : 1;
  return { encoding: "GSM-7", units, odd };
}

// A screen: the room we keep to, and the most a network can carry.
export function screenRoom(body) {
  const { encoding, units, odd } = measure(body);
  const [room, most] = encoding === "GSM-7" ? [160, 182] : [70, 80];
  return { words: `${units}/${room} ${encoding}`, over: units > room, beyond: units > most, odd };
}

// An SMS: one part, or as many as it is cut into (by units; the server packs exactly).
export function smsRoom(text) {
  const { encoding, units } = measure(text);
  const [single, many] = encoding === "GSM-7" ? [160, 153] : [70, 67];
  const parts = units <= single ? 1 : Math.ceil(units / many);
  return `${units}/${parts === 1 ? single : parts * many} ${encoding}${parts > 1 ? ` · ${parts} parts` : ""}`;
}

// What networks carry: octets of a screen, and whether they carry UCS-2.
const PROFILES = {
  any: { octets: Infinity, ucs2: true }, 182: { octets: 182, ucs2: true }, 160: { octets: 160, ucs2: true },
  144: { octets: 144, ucs2: true }, latin: { octets: 160, ucs2: false },
};

export function octetsOf(text, encoding = measure(text).encoding) {
  if (encoding === "UCS-2") return 2 * text.length;
  let units = 0;
  for (const letter of text) units += DOUBLE.has(letter) ? 2 : 1;
  return Math.ceil((units * 7) / 8);
}

// What a network does with a screen: the words it shows, those it cuts, and whether it refuses all of it.
export function carried(text, name) {
  const { octets: most, ucs2 } = PROFILES[name] ?? PROFILES.any;
  const { encoding, odd } = measure(text);
  const octets = octetsOf(text, encoding);
  if (encoding === "UCS-2" && !ucs2) return { shown: "", lost: text, octets, most, refused: true, odd };
  const letters = [...text];
  let kept = letters.length;
  while (kept && octetsOf(letters.slice(0, kept).join(""), encoding) > most) kept -= 1;
  return { shown: letters.slice(0, kept).join(""), lost: letters.slice(kept).join(""), octets, most, refused: false, odd };
}

// Codes, numbers and dates, which keep their order inside words from right to left. For display only.
const CODES = /([*#]?[+\d][\d*#:/.+-]*[\d#])/;

export function drawLine(element, line) {
  const urdu = isUrdu(line);
  line.split(CODES).forEach((piece, at) => {
    if (at % 2 === 0) return element.append(piece);
    const whole = Object.assign(document.createElement(urdu ? "bdi" : "span"), { textContent: piece });
    if (urdu) whole.dir = "ltr";
    return element.append(whole);
  });
}
