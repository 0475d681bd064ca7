-- other thing
--
-- Revision ID: 1111aaaa2222
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE t_1111aaaa2222 (id INTEGER);

-- migrate:downgrade
DROP TABLE t_1111aaaa2222;
