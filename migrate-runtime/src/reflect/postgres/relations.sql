-- Schemas, extensions, tables, views, sequences, and composite types: one row each.
SELECT 'schema', '', n.nspname, obj_description(n.oid, 'pg_namespace'), n.oid,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
UNION ALL
SELECT 'extension', '', e.extname, NULL, e.oid,
       n.nspname::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
UNION ALL
SELECT c.relkind::text, :visible, c.relname,
       CASE c.relkind WHEN 'c' THEN obj_description(c.reltype, 'pg_type') ELSE said.description END,
       c.oid,
       c.relpersistence::text,
       pg_get_partkeydef(c.oid),
       CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
       -- Schemas and names by turns.
       (SELECT array_agg(part ORDER BY i.inhseqno, side)::text
        FROM pg_inherits i
        JOIN pg_class p ON p.oid = i.inhparent
        JOIN pg_namespace pn ON pn.oid = p.relnamespace
        CROSS JOIN LATERAL (VALUES (1, pn.nspname::text), (2, p.relname::text)) parts (side, part)
        WHERE i.inhrelid = c.oid),
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
       fs.srvname,
       -- Settings, keys and values by turns.
       array_remove(array_remove(
         CASE WHEN c.relrowsecurity THEN ARRAY['row security', 'enable'] ELSE '{}' END
         || CASE WHEN c.relforcerowsecurity THEN ARRAY['force row security', 'enable'] ELSE '{}' END
         || CASE WHEN c.relpersistence = 'u' THEN ARRAY['unlogged', 'true'] ELSE '{}' END
         || CASE WHEN c.relkind IN ('r', 'p') AND c.relreplident IN ('f', 'n')
                 THEN ARRAY['replica identity', CASE c.relreplident WHEN 'f' THEN 'full' ELSE 'nothing' END]
                 ELSE '{}' END
         || CASE WHEN c.relkind IN ('v', 'm')
                 THEN (SELECT array_agg(part ORDER BY o.option_name, side)
                       FROM pg_options_to_table(c.reloptions) o
                       CROSS JOIN LATERAL (VALUES (1, o.option_name), (2, coalesce(o.option_value, ''))) parts (side, part))
                 END
         || CASE WHEN c.relkind = 'm'
                 THEN ARRAY['using', (SELECT am.amname FROM pg_am am WHERE am.oid = c.relam)]::text[]
                      || CASE WHEN c.reltablespace <> 0
                              THEN ARRAY['tablespace',
                                         (SELECT ts.spcname FROM pg_tablespace ts WHERE ts.oid = c.reltablespace)]::text[]
                              ELSE '{}' END
                      || CASE WHEN c.relispopulated THEN '{}' ELSE ARRAY['no data', ''] END
                 END, NULL), NULL)::text,
       -- What a sequence is and is not by default is decided from all of this.
       (SELECT ARRAY[format_type(q.seqtypid, NULL), q.seqstart::text, q.seqincrement::text, q.seqmin::text,
                     q.seqmax::text, q.seqcache::text, q.seqcycle::text]::text
        FROM pg_sequence q WHERE q.seqrelid = c.oid),
       (SELECT ARRAY[CASE WHEN own.nspname ~ '^pg_temp_' THEN 'pg_temp' ELSE own.nspname END, o.relname, a.attname,
                     d.deptype::text]::text
        FROM pg_depend d
        JOIN pg_class o ON o.oid = d.refobjid
        JOIN pg_namespace own ON own.oid = o.relnamespace
        JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = d.refobjsubid
        WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
          AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        LIMIT 1)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
LEFT JOIN pg_description said
  ON said.objoid = c.oid AND said.classoid = 'pg_class'::regclass AND said.objsubid = 0
WHERE :visible IS NOT NULL
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
  AND c.relname NOT IN (:ignored)
  -- The sequences of tables that do not count.
  AND NOT EXISTS (SELECT FROM pg_depend d
                  JOIN pg_class o ON o.oid = d.refobjid
                  WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_class'::regclass AND o.relname IN (:ignored))
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
