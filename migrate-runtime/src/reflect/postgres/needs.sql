-- What the queries of views use: relations with their columns, functions, types; an array by what is in it.
WITH used AS (
  SELECT r.ev_class, d.refclassid, d.refobjid, d.refobjsubid
  FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
  WHERE r.rulename = '_RETURN'
)
SELECT used.ev_class, 'relation', :visible, c.relname, a.attname
FROM used
JOIN pg_class c ON used.refclassid = 'pg_class'::regclass AND c.oid = used.refobjid AND c.oid <> used.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = used.refobjsubid AND used.refobjsubid > 0
WHERE :visible IS NOT NULL
UNION
SELECT used.ev_class, 'routine', :visible, p.proname, NULL
FROM used
JOIN pg_proc p ON used.refclassid = 'pg_proc'::regclass AND p.oid = used.refobjid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE :visible IS NOT NULL
UNION
SELECT used.ev_class, 'type', :visible, t.typname, NULL
FROM used
JOIN pg_type u ON used.refclassid = 'pg_type'::regclass AND u.oid = used.refobjid
JOIN pg_type t ON t.oid = CASE WHEN u.typelem <> 0 AND u.typcategory = 'A' THEN u.typelem ELSE u.oid END
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE :visible IS NOT NULL AND t.typtype IN ('e', 'd', 'r')
