//! Alembic and our command take turns on one database, with `version_table = "alembic_version"`.

use migrate_test::{Database, Server, on_every_database};
use serde_json::Value;

use super::driver::Alembic;
use super::installed;
use super::pair::{self, Revision, history};
use crate::project::Project;

/// Both tools, one database, one history in two forms.
struct Turns {
    project: Project,
    alembic: Alembic,
    url: String,
}

impl Turns {
    fn new<C: Server>(database: &Database<C>, history: &[Revision<'_>]) -> Option<Self> {
        let url = pair::sqlalchemy(database.dialect(), database.url());
        let project = history.iter().fold(pair::project(&url), pair::revision);
        let test = format!("taking turns on {}", database.dialect());
        let alembic = Alembic::start(&test, project.path())?;
        Some(Self { project, alembic, url })
    }

    /// Alembic's turn, then everything that both can be asked.
    fn theirs(&mut self, command: &str, rows: &str) -> &mut Self {
        let answer = self.alembic.run(&words(command));
        assert!(answer.succeeded(), "alembic {command}: {answer:#?}");
        self.agree(&format!("alembic {command}"), rows)
    }

    /// Our turn, then everything that both can be asked.
    fn ours(&mut self, command: &str, rows: &str) -> &mut Self {
        let shown = self.project.run(&words(command));
        assert!(shown.starts_with("exit 0\n"), "migrate {command}: {shown}");
        self.agree(&format!("migrate {command}"), rows)
    }

    fn agree(&mut self, after: &str, rows: &str) -> &mut Self {
        assert_eq!(self.alembic.rows(&self.url, "alembic_version"), words(rows), "after {after}");
        let mut status = Value::Null;
        for line in self.project.ok(&["status", "--json"]).lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            assert_ne!(line["type"], "finding", "after {after}: {line}");
            if line["type"] == "status" {
                status = line;
            }
        }
        let current: Vec<&str> =
            status["current"].as_array().expect("rows").iter().filter_map(Value::as_str).collect();
        assert_eq!(current, words(rows), "after {after}");
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let theirs = self.alembic.run(&["current"]);
        assert!(theirs.succeeded(), "after {after}: {theirs:#?}");
        assert_eq!(sorted(&self.project.ok(&["current"])), sorted(&theirs.stdout), "after {after}");
        let is_current = status["pending"].as_array().expect("ids").is_empty();
        let shown = self.project.run(&["status", "--exit-code"]);
        assert_eq!(shown.starts_with("exit 0\n"), is_current, "after {after}: {shown}");
        self
    }

    /// Changes a revision's statement in our file.
    fn edit(&mut self, id: &str, from: &str, to: &str) {
        let path = format!("migrations/{id}_table.sql");
        let text = self.project.read(&path).replace(from, to);
        std::fs::write(self.project.path().join(path), text).expect("a file");
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

on_every_database! {
    fn both_go_up_and_down_one_line(db) {
        let Some(mut turns) = Turns::new(db, &history()[..3]) else { return };
        turns.theirs("upgrade a1", "a1").ours("upgrade c3", "c3");
        // Alembic moves the row and leaves our digest of `c3` in it.
        turns.theirs("downgrade b2", "b2").theirs("downgrade -1", "a1");
        turns.ours("upgrade +1", "b2").theirs("upgrade head", "c3");
        turns.ours("downgrade -1", "b2").ours("stamp c3", "c3").theirs("stamp b2", "b2");
        turns.ours("stamp base", "").theirs("stamp head", "c3").ours("stamp --purge b2", "b2");
        turns.theirs("stamp --purge head", "c3");
        // Everything was stamped only, so there is one table too few to take back.
        turns.ours("stamp b2", "b2").theirs("upgrade head", "c3").ours("downgrade base", "");
        turns.theirs("upgrade head", "c3").theirs("downgrade base", "").ours("upgrade head", "c3");
        turns.ours("ensure-version", "c3").theirs("ensure_version", "c3").theirs("downgrade base", "");
    }

    fn both_go_across_branches_merges_and_dependencies(db) {
        let Some(mut turns) = Turns::new(db, &history()) else { return };
        turns.ours("upgrade c3", "c3").theirs("upgrade d4", "d4").ours("upgrade e5", "d4 e5");
        turns.theirs("upgrade f6", "f6").ours("downgrade d4", "d4 e5").theirs("upgrade f6", "f6");
        turns.theirs("downgrade e5", "d4 e5").ours("upgrade f6", "f6");
        turns.theirs("upgrade net@head", "f6 n2").ours("downgrade net@base", "f6").ours("upgrade heads", "f6 n2");
        // What `n2` needs goes, so it goes, too.
        turns.theirs("downgrade c3", "c3 n1").ours("upgrade n2", "n2").theirs("upgrade e5", "e5 n2");
        turns.ours("upgrade heads", "f6 n2").theirs("downgrade n1", "f6 n1").theirs("upgrade heads", "f6 n2");
        turns.ours("downgrade c3", "c3 n1").theirs("upgrade heads", "f6 n2").ours("downgrade base", "");
        turns.theirs("upgrade heads", "f6 n2");
    }

    fn an_id_that_is_too_long_for_alembics_own_table(db) {
        let long = "add_the_column_whose_reason_nobody_can_remember";
        let history = [Revision::new("a1", &[]), Revision::new(long, &["a1"])];
        let Some(mut turns) = Turns::new(db, &history) else { return };
        turns.theirs("upgrade a1", "a1").ours("ensure-version", "a1").theirs("upgrade head", long);
        turns.ours("downgrade -1", "a1").ours("upgrade head", long).theirs("downgrade base", "");
    }

    fn what_was_edited_is_found_though_alembic_moved_on(db) {
        let Some(mut turns) = Turns::new(db, &history()[..3]) else { return };
        turns.ours("upgrade b2", "b2").theirs("upgrade c3", "c3");
        turns.edit("a1", "(id INTEGER)", "(id INTEGER, name TEXT)");
        let shown = turns.project.run(&["upgrade"]);
        assert!(shown.contains("error[edited]: `a1` was edited after this"), "{shown}");
        turns.edit("a1", "(id INTEGER, name TEXT)", "(id INTEGER)");
        // What was taken back may be edited.
        turns.ours("downgrade b2", "b2").ours("upgrade c3", "c3").theirs("downgrade b2", "b2");
        turns.edit("c3", "(id INTEGER)", "(id INTEGER, name TEXT)");
        turns.agree("an edit of what is pending", "b2").ours("upgrade head", "c3");
        // Alembic leaves no trace when it comes back to the same revision; its help says what to do.
        turns.theirs("downgrade b2", "b2").theirs("upgrade c3", "c3");
        turns.edit("c3", "name TEXT", "name INTEGER");
        let shown = turns.project.run(&["upgrade"]);
        assert!(shown.contains("record that: `migrate stamp --purge c3`"), "{shown}");
        turns.ours("stamp --purge c3", "c3").ours("upgrade head", "c3");
    }

    fn alembic_compares_its_models_with_what_is_not_ours(db) {
        let Some(mut turns) = Turns::new(db, &history()[..1]) else { return };
        turns.ours("upgrade head", "a1");
        // Its models are empty here: it would drop what it does not know, our journal, too, unless it is told not to.
        let shown = turns.alembic.run(&["check"]);
        assert!(shown.failure().contains("'alembic_journal'"), "{shown:#?}");
        assert!(!shown.failure().contains("alembic_version"), "{shown:#?}");
        let env = turns.project.read("alembic/env.py");
        let told = env.replace("target_metadata=MetaData()", "target_metadata=MetaData(), include_name=include_name");
        let told = format!("{INCLUDE_NAME}\n\n{told}");
        std::fs::write(turns.project.path().join("alembic/env.py"), told).expect("a file");
        let shown = turns.alembic.run(&["check"]);
        assert!(shown.failure().contains("'t_a1'") && !shown.failure().contains("journal"), "{shown:#?}");
    }
}

/// What the documentation tells people to put into their `env.py`.
pub(crate) const INCLUDE_NAME: &str = "\
def include_name(name, type_, parent_names):
    return not (type_ == \"table\" and name == \"alembic_journal\")";

#[test]
fn the_executable_takes_its_turn() {
    let Some(executables) = installed::executables("the executable") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:///{}", folder.path().join("app.db").display());
    let project = history()[..3].iter().fold(pair::project(&url), pair::revision);
    let alembic = |args: &[&str]| {
        let mut command = std::process::Command::new(executables.join("alembic"));
        let output = command.args(args).current_dir(project.path()).output().expect("it runs");
        assert!(output.status.success(), "alembic {args:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    project.ok(&["upgrade", "b2"]);
    assert_eq!(alembic(&["current"]), "b2\n");
    alembic(&["upgrade", "head"]);
    assert_eq!(project.ok(&["current"]), "c3 (head)\n");
}
