-- moderate comments
--
-- The comments that exist, and those that a release without moderation still writes, are visible. Once every release
-- names the state itself, 6a1ffd682c01 takes the default away.
--
-- Revision ID: 69c2a8462516
-- Revises: 69aedbc8ca26
-- Create Date: 2026-03-24 15:05:42 UTC

-- migrate:upgrade
ALTER TABLE comments ADD COLUMN state VARCHAR(16) NOT NULL DEFAULT 'visible';

-- migrate:downgrade
ALTER TABLE comments DROP COLUMN state;
