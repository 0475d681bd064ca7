-- drop articles.summary
--
-- The second step of renaming it to `standfirst`. The first statement catches what the release before the
-- rename wrote after 69f9b0826dec had copied.
--
-- `summary` was the last column before `standfirst` came, so going back renames the one and adds the other: the
-- columns stand in the order in which they were.
--
-- Revision ID: 6a3294eade06
-- Revises: 6a1ffd682c01
-- Create Date: 2026-06-17 12:36:58 UTC

-- migrate:upgrade
UPDATE articles SET standfirst = summary WHERE standfirst IS NULL AND summary IS NOT NULL;

ALTER TABLE articles DROP COLUMN summary;

-- migrate:downgrade
ALTER TABLE articles RENAME COLUMN standfirst TO summary;
ALTER TABLE articles ADD COLUMN standfirst TEXT;

UPDATE articles SET standfirst = summary WHERE summary IS NOT NULL;
