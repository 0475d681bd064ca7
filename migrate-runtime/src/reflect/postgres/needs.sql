-- What the queries of views use: relations with their columns, functions, types; an array by what is in it.
SELECT DISTINCT r.ev_class, 'relation', :visible, c.relname, a.attname
FROM pg_rewrite r
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
JOIN pg_class c ON c.oid = d.refobjid AND c.oid <> r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
WHERE r.rulename = '_RETURN' AND :visible IS NOT NULL
UNION
SELECT DISTINCT r.ev_class, 'routine', :visible, p.proname, NULL
FROM pg_rewrite r
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
JOIN pg_proc p ON p.oid = d.refobjid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE r.rulename = '_RETURN' AND :visible IS NOT NULL
UNION
SELECT DISTINCT r.ev_class, 'type', :visible, t.typname, NULL
FROM pg_rewrite r
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_type'::regclass
JOIN pg_type u ON u.oid = d.refobjid
JOIN pg_type t ON t.oid = CASE WHEN u.typelem <> 0 AND u.typcategory = 'A' THEN u.typelem ELSE u.oid END
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE r.rulename = '_RETURN' AND :visible IS NOT NULL AND t.typtype IN ('e', 'd', 'r')
