-- index published articles
--
-- By date, for the front page. PostgreSQL builds it while articles are written, which it cannot do in a transaction.
--
-- Revision ID: 6a0c8f5f1332
-- Revises: 69f9b0826dec
-- Create Date: 2026-05-19 16:27:11 UTC

-- migrate:upgrade postgres transaction=false
CREATE INDEX CONCURRENTLY articles_published_at_idx ON articles (published_at) WHERE published_at IS NOT NULL;

-- migrate:upgrade mysql
CREATE INDEX articles_published_at_idx ON articles (published_at);

-- migrate:upgrade sqlite
CREATE INDEX articles_published_at_idx ON articles (published_at) WHERE published_at IS NOT NULL;

-- migrate:downgrade postgres transaction=false
DROP INDEX CONCURRENTLY articles_published_at_idx;

-- migrate:downgrade mysql
DROP INDEX articles_published_at_idx ON articles;

-- migrate:downgrade sqlite
DROP INDEX articles_published_at_idx;
