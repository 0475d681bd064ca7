-- list authors
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE posts (id BIGINT PRIMARY KEY, author BIGINT REFERENCES users (id));
CREATE VIEW authors AS SELECT id FROM users JOIN posts ON posts.author = users.id;

-- migrate:downgrade
DROP VIEW authors;
DROP TABLE posts;
