-- rename title
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
ALTER TABLE posts RENAME COLUMN title TO headline;

-- migrate:downgrade
ALTER TABLE posts RENAME COLUMN headline TO title;
