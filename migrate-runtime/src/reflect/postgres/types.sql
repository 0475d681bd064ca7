-- Enums, domains, ranges and types written in C; a composite type is a relation, and a multirange comes with its range.
SELECT t.oid, t.typtype::text, :visible, t.typname,
       (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum e WHERE e.enumtypid = t.oid),
       CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
       t.typnotnull, t.typdefault,
       obj_description(t.oid, 'pg_type')
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE :visible IS NOT NULL
  AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype IN ('b', 'p') AND t.typcategory <> 'A'))
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
