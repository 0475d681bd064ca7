-- create users
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);
CREATE VIEW names AS SELECT name FROM users;
DROP TABLE users;

-- migrate:downgrade
DROP VIEW names;
DROP TABLE posts;
