-- Indexes and extended statistics. An index behind a constraint is a fact of the constraint, unless something about it
-- is out of the ordinary. Indexes that a partition has from its parent are left out.
SELECT 'index ' || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(i.relname),
       concat_ws(', ', pg_get_indexdef(i.oid),
                 CASE WHEN NOT x.indisvalid THEN 'invalid' END,
                 CASE WHEN NOT x.indisready THEN 'not ready' END,
                 CASE WHEN x.indisclustered THEN 'clustered' END,
                 CASE WHEN x.indisreplident THEN 'replica identity' END,
                 'tablespace ' || quote_ident(t.spcname),
                 'comment ' || quote_literal(obj_description(i.oid, 'pg_class'))),
       NULL
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
LEFT JOIN pg_tablespace t ON t.oid = i.reltablespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.relname NOT IN (:ignored)
  AND NOT i.relispartition
  AND (NOT x.indisvalid OR NOT x.indisready OR x.indisclustered OR x.indisreplident
       OR NOT EXISTS (SELECT FROM pg_constraint k
                      WHERE k.conindid = i.oid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')))
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid IN (i.oid, c.oid) AND d.deptype = 'e')
UNION ALL
SELECT 'statistics ' || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(s.stxname),
       concat_ws(', ', pg_get_statisticsobjdef(s.oid),
                 'comment ' || quote_literal(obj_description(s.oid, 'pg_statistic_ext'))),
       NULL
FROM pg_statistic_ext s
JOIN pg_class c ON c.oid = s.stxrelid
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname NOT IN (:ignored)
