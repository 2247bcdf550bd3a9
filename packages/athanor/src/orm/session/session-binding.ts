import { ArgumentError } from "../../errors/errors.ts";
import type { SchemaTranslateMap } from "../../sql/compile/schema-translation.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import { modelOf } from "../mapping/model-of.ts";
import type { SessionBind } from "./session-connection.ts";
import { type Route, unbound } from "./session-connections.ts";
import type { BoundRequest, SessionBinding } from "./session-host.ts";
import type { SessionSettings } from "./session-options.ts";
import { type BindRequest, isRouter, type SessionRouter } from "./session-router.ts";

/** Turns a target of the session's kind into what the core works with; throws ArgumentError for any other. */
export type BindReader = (target: unknown) => SessionBind;

/** A session's target, a router or one database, as the core asks for it. */
export function bindingOf(
  target: unknown,
  session: object,
  read: BindReader,
  { executionOptions: { schemaTranslateMap: schemas } }: SessionSettings,
): SessionBinding {
  const bindTo = (answer: unknown): SessionBind => inSchemas(read(answer), schemas);
  if (!isRouter(target)) return fixed(bindTo(target));
  const binds = new Map<unknown, SessionBind>();
  const known = (answer: unknown): SessionBind => {
    let bind = binds.get(answer);
    if (bind === undefined) {
      bind = bindTo(answer);
      binds.set(answer, bind);
    }
    return bind;
  };
  return (request) => {
    const answers = answersOf(target, bindRequest(session, request));
    const targets = new Map(answers.map((answer) => [known(answer), answer]));
    return {
      binds: [...targets.keys()],
      writes: request.purpose === "write",
      unreachable: (bind, error) => target.unreachable?.(targets.get(bind), error),
    };
  };
}

/** The same database with the schemas that the session means. */
function inSchemas(bind: SessionBind, schemas: SchemaTranslateMap | undefined): SessionBind {
  if (schemas === undefined) return bind;
  if (bind.connection === null) return { engine: bind.engine.withSchemas(schemas), connection: null };
  throw new ArgumentError(
    "A session that is given a connection takes the connection's schemas: call connection.executionOptions({ schemaTranslateMap }) in place of the session's option.",
  );
}

/** What a router answers, as a list. */
function answersOf<B>(router: SessionRouter<B>, request: BindRequest): readonly B[] {
  const answer = router.getBind(request);
  if (answer === null || answer === undefined) return [];
  return Array.isArray(answer) ? (answer as readonly B[]) : [answer as B];
}

/** Which of several databases is meant. */
export interface BindOptions {
  readonly identityToken?: IdentityToken | null;
  /** What the router is told besides. */
  readonly bindArguments?: Readonly<Record<string, unknown>>;
}

/** The bind for writing objects of a class. */
export function chosenBind<B extends object>(
  target: B | SessionRouter<B>,
  session: object,
  model: EntityClass | undefined,
  { identityToken = null, bindArguments = {} }: BindOptions = {},
): B {
  if (!isRouter(target)) return target as B;
  const mapper = model === undefined ? null : mapperOf(model);
  const table = mapper?.table ?? null;
  const request = { mapper, table, purpose: "write", inTransaction: true, identityToken, bindArguments } as const;
  const [first] = answersOf(target as SessionRouter<B>, bindRequest(session, request));
  if (first === undefined) throw unbound();
  return first;
}

function bindRequest(
  session: object,
  { mapper, table, purpose, inTransaction, identityToken, bindArguments }: BoundRequest,
): BindRequest {
  const model = mapper === null ? null : modelOf(mapper);
  return { session, model, table, purpose, inTransaction, identityToken, bindArguments };
}

function fixed(bind: SessionBind): Route {
  return { binds: [bind], writes: false, unreachable: () => {} };
}
