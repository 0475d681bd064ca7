-- create posts
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
SET foreign_key_checks = 1;
CREATE TABLE posts (
    id     BIGINT PRIMARY KEY,
    author INT NOT NULL,
    FOREIGN KEY (author) REFERENCES users (id)
);

-- migrate:downgrade
DROP TABLE posts;
