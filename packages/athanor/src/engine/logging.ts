import { parameterSetsText, parametersText } from "../util/parameter-text.ts";

/** Prints statements as they are executed. */
export class StatementLog {
  readonly #write: (line: string) => void;
  readonly #hideParameters: boolean;

  constructor(write: (line: string) => void, hideParameters: boolean) {
    this.#write = write;
    this.#hideParameters = hideParameters;
  }

  line(text: string): void {
    this.#write(text);
  }

  statement(sql: string, parameters: readonly unknown[], batch: boolean, milliseconds: number): void {
    const values = this.#hideParameters
      ? "[parameters hidden]"
      : batch
        ? parameterSetsText(parameters as readonly (readonly unknown[])[])
        : parametersText(parameters);
    this.#write(`${sql}\n  ${values} (${milliseconds.toFixed(1)} ms)`);
  }
}
