-- Schemas, tables, views, sequences and foreign tables.
-- Every query here answers with: object, definition, code (SQL text to be compared token by token, or NULL).
SELECT 'schema ' || quote_ident(n.nspname),
       concat_ws(', ', 'schema', 'comment ' || quote_literal(obj_description(n.oid, 'pg_namespace'))),
       NULL
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence '
                      WHEN 'f' THEN 'foreign table ' ELSE 'table ' END
         || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname),
       concat_ws(', ',
         CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                        WHEN 'f' THEN 'foreign table' ELSE 'table' END,
         CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
         'partition by ' || pg_get_partkeydef(c.oid),
         CASE WHEN c.relispartition THEN 'partition of ' ELSE 'inherits ' END
           || (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
               FROM pg_inherits i WHERE i.inhrelid = c.oid),
         CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
         CASE WHEN c.relrowsecurity THEN 'row security' END,
         CASE WHEN c.relforcerowsecurity THEN 'forced row security' END,
         CASE WHEN c.relkind IN ('r', 'p', 'm') AND c.relreplident <> 'd' THEN 'replica identity ' || c.relreplident::text END,
         'tablespace ' || quote_ident(t.spcname),
         'with (' || array_to_string(c.reloptions, ', ') || ')',
         s.definition,
         'server ' || quote_ident(fs.srvname),
         'options (' || array_to_string(ft.ftoptions, ', ') || ')',
         'comment ' || quote_literal(obj_description(c.oid, 'pg_class'))),
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
LEFT JOIN pg_depend own ON c.relkind = 'S' AND own.classid = 'pg_class'::regclass AND own.objid = c.oid
                       AND own.refclassid = 'pg_class'::regclass AND own.deptype IN ('a', 'i')
LEFT JOIN pg_class owner ON owner.oid = own.refobjid
LEFT JOIN LATERAL (
  SELECT concat_ws(' ', format_type(q.seqtypid, NULL), 'start', q.seqstart, 'increment', q.seqincrement,
                   'min', q.seqmin, 'max', q.seqmax, 'cache', q.seqcache, CASE WHEN q.seqcycle THEN 'cycle' END,
                   'owned by ' || own.refobjid::regclass::text || '.' || quote_ident(a.attname)) AS definition
  FROM pg_sequence q
  LEFT JOIN pg_attribute a ON a.attrelid = own.refobjid AND a.attnum = own.refobjsubid
  WHERE q.seqrelid = c.oid) s ON c.relkind = 'S'
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND c.relname NOT IN (:ignored) AND coalesce(owner.relname, '') NOT IN (:ignored)
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
