-- create comments
--
-- Revision ID: 69aedbc8ca26
-- Revises: 69a5604b4d3c
-- Create Date: 2026-03-09 14:40:08 UTC

-- migrate:upgrade postgres
CREATE TABLE comments (
    id         UUID PRIMARY KEY,
    article_id UUID NOT NULL,
    author_id  UUID NOT NULL,
    body       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT comments_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX comments_article_id_created_at_idx ON comments (article_id, created_at);
CREATE INDEX comments_author_id_idx ON comments (author_id);

-- migrate:upgrade mysql
CREATE TABLE comments (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    article_id BINARY(16) NOT NULL,
    author_id  BINARY(16) NOT NULL,
    body       TEXT NOT NULL,
    created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY comments_article_id_created_at_idx (article_id, created_at),
    KEY comments_author_id_idx (author_id),
    CONSTRAINT comments_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE
);

-- migrate:upgrade sqlite
CREATE TABLE comments (
    id         BLOB NOT NULL PRIMARY KEY,
    article_id BLOB NOT NULL,
    author_id  BLOB NOT NULL,
    body       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT comments_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX comments_article_id_created_at_idx ON comments (article_id, created_at);
CREATE INDEX comments_author_id_idx ON comments (author_id);

-- migrate:downgrade
DROP TABLE comments;
