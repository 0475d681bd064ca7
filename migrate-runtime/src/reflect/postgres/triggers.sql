-- What hangs on tables: triggers, policies, rules, extended statistics. And what is only known by its name.
SELECT 'trigger', t.tgrelid, :visible, t.tgname, pg_get_triggerdef(t.oid),
       fn.nspname, p.proname, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace fn ON fn.oid = p.pronamespace
WHERE NOT t.tgisinternal AND :visible IS NOT NULL
UNION ALL
SELECT 'Policy', p.polrelid, :visible, p.polname, NULL, NULL, NULL, obj_description(p.oid, 'pg_policy')
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE :visible IS NOT NULL
UNION ALL
SELECT 'Rule', r.ev_class, :visible, r.rulename, NULL, NULL, NULL, obj_description(r.oid, 'pg_rewrite')
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND :visible IS NOT NULL
UNION ALL
SELECT 'Statistics', s.stxrelid, :visible, s.stxname, NULL, NULL, NULL, obj_description(s.oid, 'pg_statistic_ext')
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE :visible IS NOT NULL
UNION ALL
SELECT 'Collation', NULL, :visible, o.collname, NULL, NULL, NULL, obj_description(o.oid, 'pg_collation')
FROM pg_collation o
JOIN pg_namespace n ON n.oid = o.collnamespace
WHERE :visible IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_collation'::regclass AND d.objid = o.oid AND d.deptype = 'e')
UNION ALL
SELECT 'Event', NULL, '', e.evtname, NULL, NULL, NULL, obj_description(e.oid, 'pg_event_trigger')
FROM pg_event_trigger e
WHERE NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e')
UNION ALL
SELECT 'Publication', NULL, '', p.pubname, NULL, NULL, NULL, obj_description(p.oid, 'pg_publication')
FROM pg_publication p
