/**
 * MD5 of a text as lower-case hexadecimal digits. Not for secrets: shortened names of constraints end in digits of it,
 * and databases created by others with the same convention have the same names.
 */
export function md5(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const words = new Uint32Array((((bytes.length + 8) >>> 6) + 1) * 16);
  bytes.forEach((byte, i) => {
    words[i >>> 2] = at(words, i >>> 2) | (byte << ((i % 4) * 8));
  });
  words[bytes.length >>> 2] = at(words, bytes.length >>> 2) | (0x80 << ((bytes.length % 4) * 8));
  words[words.length - 2] = bytes.length * 8;
  const state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i += 1) {
      const [mixed, word] = round(i, b, c, d);
      const sum = (a + mixed + at(sines, i) + at(words, block + word)) | 0;
      const shift = at(shifts, (i >>> 4) * 4 + (i % 4));
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    state[0] = (state[0] + a) | 0;
    state[1] = (state[1] + b) | 0;
    state[2] = (state[2] + c) | 0;
    state[3] = (state[3] + d) | 0;
  }
  return [...new Uint8Array(new Int32Array(state).buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const sines = /* @__PURE__ */ Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

/** What a step mixes into the state, and which word of the block it takes. */
function round(i: number, b: number, c: number, d: number): [number, number] {
  switch (i >>> 4) {
    case 0:
      return [(b & c) | (~b & d), i];
    case 1:
      return [(d & b) | (~d & c), (5 * i + 1) % 16];
    case 2:
      return [b ^ c ^ d, (3 * i + 5) % 16];
    default:
      return [c ^ (b | ~d), (7 * i) % 16];
  }
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}
