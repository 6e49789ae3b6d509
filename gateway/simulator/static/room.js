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
