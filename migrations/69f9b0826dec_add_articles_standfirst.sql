-- add articles.standfirst
--
-- The first of two steps that rename `summary`: add and copy. Releases in order: one that writes both columns comes
-- with this revision; one that knows only `standfirst` follows; then 6a3294eade06 drops `summary`. At every moment the
-- release before still runs.
--
-- Revision ID: 69f9b0826dec
-- Revises: 69de3d581db2
-- Create Date: 2026-05-05 08:55:30 UTC

-- migrate:upgrade
ALTER TABLE articles ADD COLUMN standfirst TEXT;

UPDATE articles SET standfirst = summary WHERE summary IS NOT NULL;

-- migrate:downgrade
ALTER TABLE articles DROP COLUMN standfirst;
