"""A project with many tables: as revisions, as models of each kind, and as a project of Alembic's."""

KINDS = {
    "sqlite": {"id": "INTEGER NOT NULL PRIMARY KEY", "key": "INTEGER", "time": "DATETIME"},
    "postgres": {"id": "BIGSERIAL PRIMARY KEY", "key": "BIGINT", "time": "TIMESTAMP"},
    "mysql": {"id": "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY", "key": "BIGINT", "time": "DATETIME"},
}


def create(kind, n):
    """The table `n`, from 1: ten columns, two indexes, a foreign key to an earlier one."""
    words = KINDS[kind]
    return f"""CREATE TABLE t{n} (
    id {words["id"]},
    name VARCHAR(40) NOT NULL,
    title VARCHAR(200),
    body TEXT,
    size INTEGER NOT NULL,
    price NUMERIC(12, 2),
    is_open BOOLEAN NOT NULL,
    created_at {words["time"]} NOT NULL,
    updated_at {words["time"]},
    parent_id {words["key"]},
    CONSTRAINT t{n}_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES t{parent(n)} (id) ON DELETE CASCADE
);
CREATE INDEX t{n}_parent_id_idx ON t{n} (parent_id);
CREATE UNIQUE INDEX t{n}_name_key ON t{n} (name, size);
"""


def parent(n):
    return max(n - 7, 1)


def schema_sql(kind, count):
    return "".join(create(kind, n) for n in range(1, count + 1))


def schema_rs(kind, count):
    """diesel's declarations."""
    key = "Integer" if kind == "sqlite" else "BigInt"
    time = "Datetime" if kind == "mysql" else "Timestamp"
    table = lambda n: f"""diesel::table! {{
    t{n} (id) {{
        id -> {key},
        #[max_length = 40]
        name -> Varchar,
        #[max_length = 200]
        title -> Nullable<Varchar>,
        body -> Nullable<Text>,
        size -> Integer,
        price -> Nullable<Numeric>,
        is_open -> Bool,
        created_at -> {time},
        updated_at -> Nullable<{time}>,
        parent_id -> Nullable<{key}>,
    }}
}}

"""
    return "".join(table(n) for n in range(1, count + 1))


ENV = """from alembic import context
from sqlalchemy import create_engine

from models import metadata

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=lambda name, kind, parents: kind != "table" or not name.startswith("__migrate") and name != "one_row",
    )
    with context.begin_transaction():
        context.run_migrations()
"""

MODELS = """from sqlalchemy import *

metadata = MetaData()
KEY = Integer if {is_sqlite} else BigInteger
for n in range(1, {count} + 1):
    Table(
        f"t{{n}}",
        metadata,
        Column("id", KEY, primary_key=True),
        Column("name", String(40), nullable=False),
        Column("title", String(200)),
        Column("body", Text),
        Column("size", Integer, nullable=False),
        Column("price", Numeric(12, 2)),
        Column("is_open", Boolean, nullable=False),
        Column("created_at", DateTime, nullable=False),
        Column("updated_at", DateTime),
        Column("parent_id", KEY, ForeignKey(f"t{{max(n - 7, 1)}}.id", name=f"t{{n}}_parent_id_fkey", ondelete="CASCADE")),
        Index(f"t{{n}}_parent_id_idx", "parent_id"),
        Index(f"t{{n}}_name_key", "name", "size", unique=True),
    )
"""


def write_alembic(folder, kind, count, url):
    """A project of Alembic's with the models, and one empty revision, as `check` looks at the models and the database."""
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(
        f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = {url}\n"
    )
    (folder / "alembic" / "env.py").write_text(ENV)
    (folder / "alembic" / "script.py.mako").write_text("")
    (folder / "models.py").write_text(MODELS.format(is_sqlite=kind == "sqlite", count=count))
    (versions / "a1_tables.py").write_text(
        '"""tables"""\n\nrevision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n'
    )
