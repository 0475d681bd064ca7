-- Constraints of tables and domains. Those that a partition or a child table has from its parent are left out, and so
-- are the names of plain NOT NULL constraints (PostgreSQL 18 gives them names; nullability is a fact of the column).
SELECT CASE k.contype WHEN 'p' THEN 'primary key ' WHEN 'u' THEN 'unique ' WHEN 'f' THEN 'foreign key '
                      WHEN 'x' THEN 'exclusion ' WHEN 'n' THEN 'not null ' ELSE 'check ' END
         || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END
         || quote_ident(coalesce(c.relname, t.typname)) || '.' || quote_ident(k.conname),
       concat_ws(', ', pg_get_constraintdef(k.oid),
                 'comment ' || quote_literal(obj_description(k.oid, 'pg_constraint'))),
       NULL
FROM pg_constraint k
LEFT JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_type t ON t.oid = k.contypid
JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (k.contype IN ('p', 'u', 'f', 'c', 'x') OR (k.contype = 'n' AND (NOT k.convalidated OR k.connoinherit)))
  AND k.conparentid = 0 AND k.conislocal
  AND coalesce(c.relname, '') NOT IN (:ignored)
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid IN ('pg_class'::regclass, 'pg_type'::regclass)
                    AND d.objid = coalesce(c.oid, t.oid) AND d.deptype = 'e')
