-- add posts.published
--
-- The first revision in the native format revises the last of diesel's directories, by its version.
--
-- Revision ID: 69fd0a6fc81d
-- Revises: 20240601090000
-- Create Date: 2026-05-07 21:55:59 UTC

-- migrate:upgrade
ALTER TABLE posts ADD COLUMN published BOOLEAN NOT NULL DEFAULT FALSE;

-- migrate:downgrade
ALTER TABLE posts DROP COLUMN published;
