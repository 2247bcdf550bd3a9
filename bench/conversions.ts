// What a program that uses the driver alone does by hand to get the values that Athanor gives.

/** Reads `2020-01-02 03:04:05.678000` as UTC, without the price of a regular expression. */
export function readInstant(text: string): Date {
  return new Date(
    Date.UTC(
      digits(text, 0, 4),
      digits(text, 5, 7) - 1,
      digits(text, 8, 10),
      digits(text, 11, 13),
      digits(text, 14, 16),
      digits(text, 17, 19),
      digits(text, 20, 23),
    ),
  );
}

function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i += 1) number = number * 10 + text.charCodeAt(i) - 48;
  return number;
}

export function writeInstant(date: Date): string {
  return `${date.toISOString().slice(0, 23).replace("T", " ")}000`;
}

/** A row of `people` as the driver gives it, and after `convertPerson`. */
interface PersonRow {
  active: number | boolean;
  created_at: string | Date;
}

export function convertPerson(row: unknown): void {
  const person = row as PersonRow;
  person.active = person.active === 1;
  person.created_at = readInstant(person.created_at as string);
}
