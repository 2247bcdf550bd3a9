import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/errors/errors.ts";
import { type Listenable, Listeners, listen, removeListener } from "../../src/events/listeners.ts";
import { LISTENERS } from "../../src/util/symbols.ts";

interface Events {
  readonly ping: (value: number) => unknown;
}

function target(parent: Listeners | null = null) {
  const listeners = new Listeners(["ping"], parent);
  return { listeners, target: { [LISTENERS]: listeners } as unknown as Listenable<Events> };
}

describe("events", () => {
  test("reach handlers in order, with what they return", () => {
    const { listeners, target: object } = target();
    const heard: string[] = [];
    listen(object, "ping", (value) => heard.push(`second ${value}`));
    listen(object, "ping", (value) => heard.push(`first ${value}`), { first: true });
    expect(listeners.fire("ping", 5)).toEqual([1, 2]);
    expect(heard).toEqual(["first 5", "second 5"]);
  });

  test("once, and taken back", () => {
    const { listeners, target: object } = target();
    let count = 0;
    const handler = (): void => {
      count += 1;
    };
    listen(object, "ping", handler, { once: true });
    listeners.fire("ping");
    listeners.fire("ping");
    expect(count).toBe(1);
    listen(object, "ping", handler);
    expect(removeListener(object, "ping", handler)).toBe(true);
    expect(removeListener(object, "ping", handler)).toBe(false);
    expect(listeners.has("ping")).toBe(false);
  });

  test("a factory's handlers hear what it makes", () => {
    const factory = target();
    const made = target(factory.listeners);
    const heard: string[] = [];
    listen(made.target, "ping", () => heard.push("own"));
    listen(factory.target, "ping", () => heard.push("factory"));
    made.listeners.fire("ping");
    expect(heard).toEqual(["factory", "own"]);
  });

  test("unknown events and targets are refused by name", () => {
    const { target: object } = target();
    expect(() => listen(object, "pong" as never, (() => {}) as never)).toThrow(/There are: ping/);
    expect(() => listen({} as Listenable<Events>, "ping", () => {})).toThrow(ArgumentError);
  });
});
