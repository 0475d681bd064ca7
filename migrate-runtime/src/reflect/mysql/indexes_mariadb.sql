-- Parts of keys and indexes of MariaDB.
SELECT s.table_name, s.index_name, IF(s.non_unique = 0, 'unique', NULL), LOWER(s.index_type), s.column_name, NULL, CAST(s.sub_part AS CHAR), s.collation,
       NULLIF(s.index_comment, '')
FROM information_schema.statistics s
WHERE s.table_schema = DATABASE() AND s.table_name NOT IN (:ignored)
ORDER BY s.table_name, s.index_name, s.seq_in_index
