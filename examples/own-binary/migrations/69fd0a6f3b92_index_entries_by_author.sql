-- index entries by author
--
-- Revision ID: 69fd0a6f3b92
-- Revises: 69fb027ae1c4
-- Create Date: 2026-05-07 21:55:59 UTC

-- migrate:upgrade transaction=false
CREATE INDEX CONCURRENTLY entries_author_idx ON entries (author);

-- migrate:downgrade transaction=false
DROP INDEX CONCURRENTLY entries_author_idx;
