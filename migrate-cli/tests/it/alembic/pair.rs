//! One project for both tools: the same revisions as Alembic's scripts and as our files.

use crate::project::Project;

/// A revision, to be written for both.
pub(crate) struct Revision<'a> {
    pub(crate) id: &'a str,
    pub(crate) parents: &'a [&'a str],
    pub(crate) labels: &'a [&'a str],
    pub(crate) depends_on: &'a [&'a str],
}

impl<'a> Revision<'a> {
    pub(crate) fn new(id: &'a str, parents: &'a [&'a str]) -> Self {
        Self { id, parents, labels: &[], depends_on: &[] }
    }

    pub(crate) fn labels(self, labels: &'a [&'a str]) -> Self {
        Self { labels, ..self }
    }

    pub(crate) fn depends_on(self, depends_on: &'a [&'a str]) -> Self {
        Self { depends_on, ..self }
    }

    /// What creates its table, and what drops it.
    fn sections(&self) -> (String, String) {
        (format!("CREATE TABLE t_{id} (id INTEGER)", id = self.id), format!("DROP TABLE t_{}", self.id))
    }

    fn script(&self) -> String {
        let Self { id, parents, labels, depends_on } = self;
        let (upgrade, downgrade) = self.sections();
        let tuple = |values: &[&str]| match values {
            [] => "None".to_owned(),
            values => format!("({})", values.iter().map(|value| format!("'{value}', ")).collect::<String>()),
        };
        format!(
            "\"\"\"table {id}\"\"\"\nfrom alembic import op\n\nrevision = '{id}'\ndown_revision = {}\n\
             branch_labels = {}\ndepends_on = {}\n\n\ndef upgrade():\n    op.execute('{upgrade}')\n\n\n\
             def downgrade():\n    op.execute('{downgrade}')\n",
            tuple(parents),
            tuple(labels),
            tuple(depends_on),
        )
    }

    fn file(&self) -> String {
        let Self { id, parents, labels, depends_on } = self;
        let (upgrade, downgrade) = self.sections();
        let key = |name: &str, values: &[&str]| match values {
            [] => String::new(),
            values => format!("-- {name}: {}\n", values.join(", ")),
        };
        format!(
            "-- table {id}\n--\n-- Revision ID: {id}\n{}{}{}\n-- migrate:upgrade\n{upgrade};\n\n\
             -- migrate:downgrade\n{downgrade};\n",
            key("Revises", parents),
            key("Branch Labels", labels),
            key("Depends On", depends_on),
        )
    }
}

/// A folder with an Alembic environment for this database, and a configuration of ours that shares its table.
pub(crate) fn project(url: &str) -> Project {
    let ini = format!("[alembic]\nscript_location = alembic\nsqlalchemy.url = {}\n", url.replace('%', "%%"));
    let env = "from alembic import context\nfrom sqlalchemy import create_engine, MetaData\n\n\
               url = context.config.get_main_option('sqlalchemy.url')\n\
               if context.is_offline_mode():\n    \
                   context.configure(url=url, literal_binds=True)\n    \
                   with context.begin_transaction():\n        context.run_migrations()\n\
               else:\n    \
                   engine = create_engine(url)\n    \
                   with engine.connect() as connection:\n        \
                       context.configure(connection=connection, target_metadata=MetaData())\n        \
                       with context.begin_transaction():\n            context.run_migrations()\n    \
                   engine.dispose()\n";
    Project::empty()
        .file("alembic.ini", &ini)
        .file("alembic/env.py", env)
        .file("alembic/script.py.mako", "")
        .file("migrate.toml", "version_table = \"alembic_version\"\nheads = \"many\"\n")
        // SQLAlchemy's URL, as it stands in a project that comes from there.
        .variable("DATABASE_URL", url)
}

/// Adds a revision for both tools.
pub(crate) fn revision(project: Project, revision: &Revision<'_>) -> Project {
    let path = format!("migrations/{}_table.sql", revision.id);
    script(project, revision).file(&path, &revision.file())
}

/// Adds a revision for Alembic alone.
pub(crate) fn script(project: Project, revision: &Revision<'_>) -> Project {
    project.file(&format!("alembic/versions/{}_table.py", revision.id), &revision.script())
}

/// `a1 <- b2 <- c3`; on it `d4`, which carries the label `blog`, and `e5`; `f6` merges them. `n1` is a base of its own, and
/// `n2`, labelled `net`, needs `d4`.
pub(crate) fn history() -> [Revision<'static>; 8] {
    [
        Revision::new("a1", &[]),
        Revision::new("b2", &["a1"]),
        Revision::new("c3", &["b2"]),
        Revision::new("d4", &["c3"]).labels(&["blog"]),
        Revision::new("e5", &["c3"]),
        Revision::new("f6", &["d4", "e5"]),
        Revision::new("n1", &[]),
        Revision::new("n2", &["n1"]).labels(&["net"]).depends_on(&["d4"]),
    ]
}

/// A test database's URL in SQLAlchemy's words.
pub(crate) fn sqlalchemy(dialect: &str, url: &str) -> String {
    match dialect {
        "postgres" => url.replacen("postgres://", "postgresql+psycopg://", 1),
        "mysql" => url.replacen("mysql://", "mysql+pymysql://", 1),
        _ => format!("sqlite:///{url}"),
    }
}
