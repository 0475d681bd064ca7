"""Runs Alembic's commands in one process: a start of Python and SQLAlchemy for each would take half a second.

Reads one JSON object per line and answers with one. `{"argv": [...]}` is a command line of Alembic's; `{"rows": url}`
asks Alembic's own migration context for the rows of its table, `{"tables": url}` SQLAlchemy for the tables and columns.
"""

import functools
import io
import json
import sys
import traceback

answers, sys.stdout = sys.stdout, io.StringIO()
# A compiled file counts as current if time and size agree, and scripts are rewritten within a second here.
sys.dont_write_bytecode = True

from alembic.config import main  # noqa: E402
from alembic.migration import MigrationContext  # noqa: E402
from sqlalchemy import create_engine, inspect, pool  # noqa: E402


def command(argv):
    # Alembic's Config holds on to the standard output of its first import.
    sys.stdout.seek(0)
    sys.stdout.truncate()
    sys.stderr = io.StringIO()
    try:
        main(argv=argv, prog="alembic")
        code = 0
    except SystemExit as ended:
        code = 0 if ended.code is None else ended.code & 255
    except BaseException:
        traceback.print_exc()
        code = 1
    return {"code": code, "stdout": sys.stdout.getvalue(), "stderr": sys.stderr.getvalue()}


@functools.cache
def engine(url):
    # An engine asks the server about itself once; connections are not kept, so that nothing waits for one.
    return create_engine(url, poolclass=pool.NullPool)


def rows(url, table):
    with engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": table})
        return {"rows": sorted(context.get_current_heads())}


def tables(url):
    with engine(url).connect() as connection:
        look = inspect(connection)
        return {
            "tables": {
                table: [f"{column['name']} {column['type']}" for column in look.get_columns(table)]
                for table in look.get_table_names()
            }
        }


for line in sys.stdin:
    request = json.loads(line)
    if "argv" in request:
        answer = command(request["argv"])
    elif "rows" in request:
        answer = rows(request["rows"], request["table"])
    else:
        answer = tables(request["tables"])
    print(json.dumps(answer), file=answers, flush=True)
