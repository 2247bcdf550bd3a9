// How the example tells its story.
import { type CursorEvent, type Engine, listen, removeListener } from "athanor";

let chapters = 0;

/** A heading. */
export function chapter(title: string): void {
  chapters += 1;
  console.log(`\n${chapters}. ${title}`);
}

/** A line of text. */
export function say(text: string): void {
  console.log(`   ${text}`);
}

/** Does something, and prints the SQL that it sends to the database meanwhile. */
export async function showSql<T>(engine: Engine, work: () => PromiseLike<T>): Promise<T> {
  const print = ({ statement, parameters }: CursorEvent): void => {
    for (const line of wrapped(statement, 106)) console.log(`   │ ${line}`);
    if (parameters.length > 0) console.log(`   │ ${shortened(JSON.stringify(parameters), 106)}`);
  };
  listen(engine, "beforeCursorExecute", print);
  try {
    return await work();
  } finally {
    removeListener(engine, "beforeCursorExecute", print);
  }
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(last === undefined ? word : `  ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
