// What is asked of PostgreSQL's catalog. Every query about tables gives one row for each: its name, and a list of JSON
// objects, because drivers read arrays and numbers of 64 bits in different ways.

/** A query about the tables `c` of the schemas `n`. */
export interface TableQuery {
  /** The object of each row, as arguments of `json_build_object`. */
  readonly object: string;
  /** What is joined to the tables. */
  readonly joins?: string;
  readonly where?: string;
  readonly order?: string;
}

/** The query for the tables of a schema (else those that are found without one), for some names (else for all). */
export function forTables(question: TableQuery, inSchema: boolean, named: boolean): string {
  const { object, joins = "", where, order } = question;
  const place = inSchema ? "n.nspname = $1" : "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'";
  const names = `c.relname IN (SELECT pg_catalog.json_array_elements_text($${inSchema ? 2 : 1}::text::json))`;
  const conditions = [place, ...(named ? [names] : []), ...(where === undefined ? [] : [where])];
  return `SELECT c.relname::text, json_agg(json_build_object(${object})${order === undefined ? "" : ` ORDER BY ${order}`})::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
${joins}
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${conditions.join(" AND ")}
GROUP BY c.relname ORDER BY c.relname`;
}

export const schemas = `SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY nspname`;

export const relations: TableQuery = {
  object: "'kind', c.relkind, 'temporary', c.relpersistence = 't', 'partition', c.relispartition",
};

/** The schema of a type, a sequence or a table `name`, where it is not found without. */
function hiddenSchema(kind: "type" | "table", oid: string, namespace: string): string {
  return `CASE WHEN pg_catalog.pg_${kind}_is_visible(${oid}) THEN NULL ELSE (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = ${namespace}) END`;
}

function domainObject(domain: string): string {
  return `'format', pg_catalog.format_type(${domain}.typbasetype, ${domain}.typtypmod),
    'notNull', ${domain}.typnotnull, 'default', ${domain}.typdefault,
    'collation', (SELECT l.collname FROM pg_catalog.pg_collation l, pg_catalog.pg_type b
      WHERE b.oid = ${domain}.typbasetype AND l.oid = ${domain}.typcollation AND b.typcollation <> ${domain}.typcollation),
    'constraints', (SELECT json_agg(json_build_object('name', k.conname,
        'check', pg_catalog.pg_get_expr(k.conbin, 0, true)) ORDER BY k.oid)
      FROM pg_catalog.pg_constraint k WHERE k.contypid = ${domain}.oid AND k.contype = 'c')`;
}

/** Types are told by their names; of enumerations and domains, and of arrays of them, what they are made of as well. */
const typeObject = `json_build_object(
    'format', pg_catalog.format_type(a.atttypid, a.atttypmod),
    'dimensions', a.attndims,
    'name', e.typname,
    'schema', ${hiddenSchema("type", "e.oid", "e.typnamespace")},
    'labels', CASE WHEN e.typtype = 'e' THEN
      (SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_catalog.pg_enum v WHERE v.enumtypid = e.oid) END,
    'domain', CASE WHEN e.typtype = 'd' THEN json_build_object(${domainObject("e")}) END,
    'collation', CASE WHEN a.attcollation <> t.typcollation THEN
      (SELECT l.collname FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation) END)`;

/** The sequence that a default draws from, and whether it belongs to the column. */
const sequenceObject = `(SELECT json_build_object('name', q.relname,
      'schema', ${hiddenSchema("table", "q.oid", "q.relnamespace")},
      'owned', EXISTS (SELECT FROM pg_catalog.pg_depend o WHERE o.classid = 'pg_catalog.pg_class'::regclass
        AND o.objid = q.oid AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'a'))
    FROM pg_catalog.pg_depend s JOIN pg_catalog.pg_class q ON q.oid = s.refobjid AND q.relkind = 'S'
    WHERE s.classid = 'pg_catalog.pg_attrdef'::regclass AND s.objid = d.oid
      AND s.refclassid = 'pg_catalog.pg_class'::regclass LIMIT 1)`;

const identityObject = `CASE WHEN a.attidentity <> '' THEN
    (SELECT json_build_object('always', a.attidentity = 'a', 'start', q.seqstart::text, 'increment', q.seqincrement::text,
      'minValue', q.seqmin::text, 'maxValue', q.seqmax::text, 'cache', q.seqcache::text, 'cycle', q.seqcycle)
    FROM pg_catalog.pg_depend s JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.objid
    WHERE s.refclassid = 'pg_catalog.pg_class'::regclass AND s.refobjid = c.oid AND s.refobjsubid = a.attnum
      AND s.deptype = 'i' LIMIT 1) END`;

export const columns: TableQuery = {
  object: `'name', a.attname, 'notNull', a.attnotnull, 'type', ${typeObject},
    'expression', pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'generated', a.attgenerated,
    'comment', m.description, 'identity', ${identityObject},
    'sequence', CASE WHEN d.oid IS NOT NULL AND a.attgenerated = '' THEN ${sequenceObject} END`,
  joins: `JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_description m ON m.objoid = c.oid AND m.objsubid = a.attnum
  AND m.classoid = 'pg_catalog.pg_class'::regclass`,
  order: "a.attnum",
};

const constraintObject = `'name', k.conname, 'comment', pg_catalog.obj_description(k.oid, 'pg_constraint'),
    'deferrable', k.condeferrable, 'deferred', k.condeferred`;

/** The names of columns by a list of their numbers. */
function columnNames(table: string, numbers: string): string {
  return `(SELECT json_agg(a.attname ORDER BY p.place) FROM unnest(${numbers}) WITH ORDINALITY AS p(number, place)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = p.number)`;
}

/** A property that older versions do not have. */
function laterProperty(row: string, name: string): string {
  return `(to_jsonb(${row}) ->> '${name}')::boolean`;
}

/** Primary keys (p) or unique constraints (u). */
export function keys(kind: "p" | "u"): TableQuery {
  return {
    object: `${constraintObject}, 'columns', ${columnNames("c.oid", "k.conkey")},
    'include', CASE WHEN i.indnatts > i.indnkeyatts THEN ${columnNames("c.oid", "(i.indkey::int2[])[i.indnkeyatts:]")} END,
    'nullsNotDistinct', ${laterProperty("i", "indnullsnotdistinct")}`,
    joins: `JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = '${kind}'
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid`,
    order: "k.conname",
  };
}

export const foreignKeys: TableQuery = {
  object: `${constraintObject}, 'columns', ${columnNames("c.oid", "k.conkey")},
    'schema', (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = r.relnamespace),
    'visible', pg_catalog.pg_table_is_visible(r.oid), 'table', r.relname, 'referred', ${columnNames("r.oid", "k.confkey")},
    'onDelete', k.confdeltype, 'onUpdate', k.confupdtype, 'match', k.confmatchtype, 'validated', k.convalidated`,
  joins: `JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
JOIN pg_catalog.pg_class r ON r.oid = k.confrelid`,
  // A foreign key to a partitioned table has one more for each partition.
  where: "(k.conparentid = 0 OR c.relispartition)",
  order: "k.conname",
};

export const checks: TableQuery = {
  object: `'name', k.conname, 'comment', pg_catalog.obj_description(k.oid, 'pg_constraint'),
    'expression', pg_catalog.pg_get_expr(k.conbin, k.conrelid, true), 'validated', k.convalidated,
    'noInherit', k.connoinherit`,
  joins: "JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = 'c'",
  order: "k.conname",
};

const indexElements = `(SELECT json_agg(json_build_object(
      'column', (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[p - 1]),
      'sql', pg_catalog.pg_get_indexdef(i.indexrelid, p, true),
      'included', p > i.indnkeyatts,
      'descending', p <= i.indnkeyatts AND i.indoption[p - 1] & 1 = 1,
      'nullsFirst', p <= i.indnkeyatts AND i.indoption[p - 1] & 2 = 2,
      'operatorClass', CASE WHEN p <= i.indnkeyatts THEN
        (SELECT o.opcname FROM pg_catalog.pg_opclass o WHERE o.oid = i.indclass[p - 1] AND NOT o.opcdefault) END
    ) ORDER BY p) FROM generate_series(1, i.indnatts) AS p)`;

export const indexes: TableQuery = {
  object: `'name', x.relname, 'comment', pg_catalog.obj_description(x.oid, 'pg_class'), 'unique', i.indisunique,
    'elements', ${indexElements}, 'where', pg_catalog.pg_get_expr(i.indpred, i.indrelid, true),
    'method', w.amname, 'storage', x.reloptions,
    'tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = x.reltablespace),
    'nullsNotDistinct', ${laterProperty("i", "indnullsnotdistinct")},
    'constraint', (SELECT k.conname FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.conindid = x.oid
      AND k.contype IN ('u', 'x'))`,
  joins: `JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am w ON w.oid = x.relam`,
  order: "x.relname",
};

export const tableOptions: TableQuery = {
  object: `'partitionBy', pg_catalog.pg_get_partkeydef(c.oid),
    'inherits', CASE WHEN NOT c.relispartition THEN (SELECT json_agg(CASE WHEN pg_catalog.pg_table_is_visible(p.oid)
        THEN p.relname::text ELSE o.nspname || '.' || p.relname END ORDER BY h.inhseqno)
      FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
      JOIN pg_catalog.pg_namespace o ON o.oid = p.relnamespace WHERE h.inhrelid = c.oid) END,
    'storage', c.reloptions,
    'using', (SELECT w.amname FROM pg_catalog.pg_am w WHERE w.oid = c.relam AND w.amname <> 'heap'),
    'tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace),
    'unlogged', c.relpersistence = 'u'`,
  where: "c.relkind IN ('r', 'p')",
};

export const tableComments: TableQuery = {
  object: "'text', m.description",
  joins: `JOIN pg_catalog.pg_description m ON m.objoid = c.oid AND m.objsubid = 0
  AND m.classoid = 'pg_catalog.pg_class'::regclass`,
};

export const viewDefinitions: TableQuery = {
  object: "'sql', pg_catalog.pg_get_viewdef(c.oid, true)",
  where: "c.relkind IN ('v', 'm')",
};

export const partitions: TableQuery = {
  object: `'schema', CASE WHEN pg_catalog.pg_table_is_visible(p.oid) THEN NULL ELSE o.nspname END, 'name', p.relname,
    'bound', pg_catalog.pg_get_expr(p.relpartbound, p.oid)`,
  joins: `JOIN pg_catalog.pg_inherits h ON h.inhparent = c.oid
JOIN pg_catalog.pg_class p ON p.oid = h.inhrelid
JOIN pg_catalog.pg_namespace o ON o.oid = p.relnamespace`,
  where: "p.relispartition",
  order: "p.relname",
};

/** Sequences, except those of identity columns. */
export function sequences(visible: boolean): string {
  const place = visible ? "pg_catalog.pg_table_is_visible(c.oid)" : "n.nspname = $1";
  return `SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND ${place} AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i') ORDER BY c.relname`;
}

export function enums(visible: boolean): string {
  return `SELECT json_build_object(${namedType},
  'labels', (SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_catalog.pg_enum v WHERE v.enumtypid = t.oid))::text
${types("e", visible)}`;
}

export function domains(visible: boolean): string {
  return `SELECT json_build_object(${namedType}, ${domainObject("t")})::text
${types("d", visible)}`;
}

const namedType = `'name', t.typname, 'schema', n.nspname, 'visible', pg_catalog.pg_type_is_visible(t.oid),
  'comment', pg_catalog.obj_description(t.oid, 'pg_type')`;

function types(kind: "e" | "d", visible: boolean): string {
  const place = visible
    ? "pg_catalog.pg_type_is_visible(t.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    : "n.nspname = $1";
  return `FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = '${kind}' AND ${place} ORDER BY n.nspname, t.typname`;
}
