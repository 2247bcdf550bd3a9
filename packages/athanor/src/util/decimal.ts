/**
 * Exact decimals as text. A canonical decimal has no exponent, no plus sign, no leading zeros and no trailing zeros
 * after the point: two texts are the same number when their canonical forms are equal.
 */
const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/;

/** The canonical form of a decimal, or null where the text is none. */
export function canonicalDecimal(text: string): string | null {
  const match = decimalForm.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return null;
  let integer = whole;
  let decimals = fraction;
  const shift = Number(exponent);
  if (shift > 0) {
    decimals = decimals.padEnd(shift, "0");
    integer += decimals.slice(0, shift);
    decimals = decimals.slice(shift);
  } else if (shift < 0) {
    integer = integer.padStart(-shift, "0");
    decimals = integer.slice(shift) + decimals;
    integer = integer.slice(0, shift);
  }
  integer = integer.replace(/^0+/, "");
  decimals = decimals.replace(/0+$/, "");
  if (integer === "" && decimals === "") return "0";
  const unsigned = decimals === "" ? integer : `${integer === "" ? "0" : integer}.${decimals}`;
  return sign === "-" ? `-${unsigned}` : unsigned;
}

/** How many digits of a canonical decimal carry information. */
export function significantDigits(canonical: string): number {
  const digits = canonical.replace("-", "").replace(".", "").replace(/^0+/, "");
  return canonical.includes(".") ? digits.length : digits.replace(/0+$/, "").length;
}

/** A canonical decimal with exactly `scale` digits after the point, rounded half away from zero. */
export function toScale(canonical: string, scale: number): string {
  const negative = canonical.startsWith("-");
  const [whole = "0", fraction = ""] = (negative ? canonical.slice(1) : canonical).split(".");
  if (fraction.length <= scale) {
    return (negative ? "-" : "") + (scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, "0")}`);
  }
  const kept = whole + fraction.slice(0, scale);
  const rounded = (BigInt(kept) + (fraction.charCodeAt(scale) >= 53 ? 1n : 0n)).toString().padStart(scale + 1, "0");
  const point = rounded.length - scale;
  const text = scale === 0 ? rounded : `${rounded.slice(0, point)}.${rounded.slice(point)}`;
  return negative && /[1-9]/.test(text) ? `-${text}` : text;
}
