"""Histories as projects have them: tables with keys, then columns, indexes, constraints, types, rows, and the ways back."""

PER_TABLE = 10


def statements(dialect, n, name="x"):
    """The upgrade and the downgrade of revision `n`, from 1; ten revisions are about one table."""
    t, step = divmod(n - 1, PER_TABLE)
    return STEPS[step](dialect, f"t{t}", f"t{t - t % 7}" if t % 7 else None, name)


def create_table(dialect, table, parent, name):
    identity = {
        "postgres": "BIGSERIAL PRIMARY KEY",
        "mysql": "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
        "sqlite": "INTEGER PRIMARY KEY",
    }[dialect]
    moment = {
        "postgres": "TIMESTAMPTZ NOT NULL DEFAULT now()",
        "mysql": "DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP",
        "sqlite": "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
    }[dialect]
    key = f",\n    parent_id BIGINT,\n    FOREIGN KEY (parent_id) REFERENCES {parent} (id) ON DELETE CASCADE" if parent else ""
    up = f"""CREATE TABLE {table} (
    id {identity},
    name VARCHAR(40) NOT NULL DEFAULT '{name}',
    size INTEGER NOT NULL,
    created_at {moment}{key}
);
CREATE INDEX {table}_name_idx ON {table} (name);
"""
    return up, f"DROP TABLE {table};\n"


def add_column(dialect, table, parent, name):
    add = f"ALTER TABLE {table} ADD COLUMN state VARCHAR(20) NOT NULL DEFAULT 'new';\n"
    return add, f"ALTER TABLE {table} DROP COLUMN state;\n"


def create_index(dialect, table, parent, name):
    return f"CREATE UNIQUE INDEX {table}_state_key ON {table} (state, name);\n", drop_index(dialect, f"{table}_state_key", table)


def drop_index(dialect, index, table):
    return f"DROP INDEX {index} ON {table};\n" if dialect == "mysql" else f"DROP INDEX {index};\n"


def add_check(dialect, table, parent, name):
    if dialect == "sqlite":
        return create_view(table), f"DROP VIEW {table}_new;\n"
    add = f"ALTER TABLE {table} ADD CONSTRAINT {table}_size_check CHECK (size >= 0);\n"
    return add, f"ALTER TABLE {table} DROP CONSTRAINT {table}_size_check;\n"


def create_view(table):
    return f"CREATE VIEW {table}_new AS SELECT id, name FROM {table} WHERE state = 'new';\n"


def change_rows(dialect, table, parent, name):
    up = f"INSERT INTO {table} (name, size) VALUES ('first', 1), ('second', 2);\n"
    up += f"UPDATE {table} SET size = size + 1 WHERE name = 'first';\n"
    return up, f"DELETE FROM {table} WHERE name IN ('first', 'second');\n"


def add_kind(dialect, table, parent, name):
    add, drop = f"ALTER TABLE {table} ADD COLUMN kind ", f"ALTER TABLE {table} DROP COLUMN kind;\n"
    if dialect == "postgres":
        create = f"CREATE TYPE {table}_kind AS ENUM ('small', 'large');\n"
        return f"{create}{add}{table}_kind;\n", f"{drop}DROP TYPE {table}_kind;\n"
    return f"{add}VARCHAR(10);\n", drop


def rename_column(dialect, table, parent, name):
    rename = lambda old, new: f"ALTER TABLE {table} RENAME COLUMN {old} TO {new};\n"
    if dialect != "sqlite":
        return rename("size", "amount"), rename("amount", "size")
    # A view at a time: SQLite reads all of them whenever it alters a table.
    drop = f"DROP VIEW {table}_new;\n"
    return drop + rename("size", "amount"), rename("amount", "size") + create_view(table)


def remake_index(dialect, table, parent, name):
    drop = drop_index(dialect, f"{table}_name_idx", table)
    create = lambda columns: f"CREATE INDEX {table}_name_idx ON {table} ({columns});\n"
    return drop + create("name, created_at"), drop + create("name")


def change_type(dialect, table, parent, name):
    if dialect == "sqlite":
        return f"ALTER TABLE {table} ADD COLUMN note TEXT;\n", f"ALTER TABLE {table} DROP COLUMN note;\n"
    if dialect == "mysql":
        change = lambda length: f"ALTER TABLE {table} MODIFY COLUMN state VARCHAR({length}) NOT NULL DEFAULT 'new';\n"
    else:
        change = lambda length: f"ALTER TABLE {table} ALTER COLUMN state TYPE VARCHAR({length});\n"
    return change(80), change(20)


def drop_kind(dialect, table, parent, name):
    up, down = add_kind(dialect, table, parent, name)
    return down, up


STEPS = [
    create_table,
    add_column,
    create_index,
    add_check,
    change_rows,
    add_kind,
    rename_column,
    remake_index,
    change_type,
    drop_kind,
]
