-- Functions, procedures and aggregates, with the types of what they are given.
SELECT :visible, p.proname, p.prokind::text,
       (SELECT array_agg(format_type(given.type, NULL) ORDER BY given.place)::text
        FROM unnest(p.proargtypes) WITH ORDINALITY given (type, place)),
       p.pronargdefaults,
       CASE WHEN p.prokind <> 'p' THEN format_type(p.prorettype, NULL) END,
       l.lanname, p.prosrc,
       obj_description(p.oid, 'pg_proc'),
       CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE :visible IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
ORDER BY p.oid
