-- create articles
--
-- An article without `published_at` is a draft. The index of two columns serves the author's page, newest first.
--
-- Revision ID: 69a5604b4d3c
-- Revises: 69a554fda5cd
-- Create Date: 2026-03-02 10:02:51 UTC

-- migrate:upgrade postgres
CREATE TABLE articles (
    id           UUID PRIMARY KEY,
    author_id    UUID NOT NULL,
    slug         VARCHAR(200) NOT NULL,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    published_at TIMESTAMPTZ,
    summary      TEXT,
    CONSTRAINT articles_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
);

CREATE UNIQUE INDEX articles_slug_key ON articles (slug);
CREATE INDEX articles_author_id_published_at_idx ON articles (author_id, published_at);

-- migrate:upgrade mysql
CREATE TABLE articles (
    id           BINARY(16) NOT NULL PRIMARY KEY,
    author_id    BINARY(16) NOT NULL,
    slug         VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    title        TEXT NOT NULL,
    body         MEDIUMTEXT NOT NULL,
    created_at   TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    published_at TIMESTAMP(6) NULL DEFAULT NULL,
    summary      TEXT NULL,
    UNIQUE KEY articles_slug_key (slug),
    KEY articles_author_id_published_at_idx (author_id, published_at),
    CONSTRAINT articles_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
);

-- migrate:upgrade sqlite
CREATE TABLE articles (
    id           BLOB NOT NULL PRIMARY KEY,
    author_id    BLOB NOT NULL,
    slug         VARCHAR(200) NOT NULL,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    published_at TIMESTAMPTZ,
    summary      TEXT,
    CONSTRAINT articles_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
);

CREATE UNIQUE INDEX articles_slug_key ON articles (slug);
CREATE INDEX articles_author_id_published_at_idx ON articles (author_id, published_at);

-- migrate:downgrade
DROP TABLE articles;
