//! Stories: files in which each command is given to Alembic and to us, each with a database of its own, and what comes
//! of it is written below.
//!
//! | a line | |
//! |---|---|
//! | `# …` | for the reader |
//! | `$ upgrade head` | a command for both; `$ alembic …` and `$ migrate …` where it is spelled differently, or for one |
//! | `~ <id>: <up> / <down>` | the revision's two files get these statements |
//! | `& <folder> …` | revisions may also be in these folders, below one of the tool's own |
//! | `@ <ids>` | the rows of both version tables, where they changed |
//! | `!alembic …`, `!migrate …` | who refused the command, and the first line of why |
//! | `alembic> …`, `migrate> …` | what each of the two lists, where it is not the same |
//! | other lines | what both list, in our order where several are right |
//!
//! `SNAPSHOTS=overwrite` writes what is below the commands anew. After each upgrade and downgrade the two databases must
//! have the same tables with the same columns.

use std::fs;
use std::path::{Path, PathBuf};

use migrate_test::{Database, PgConnection, Server, diesel::SqliteConnection};
use snapbox::{Data, assert_data_eq};

use super::driver::Alembic;
use super::pair;
use crate::project::Project;

/// Two projects in one folder, with a database each.
struct Story {
    project: Project,
    alembic: Alembic,
    urls: [String; 2],
    rows: Vec<String>,
    told: String,
}

/// What one tool made of a command.
struct Told {
    /// Why it refused.
    refusal: Option<String>,
    /// What it listed.
    lines: Vec<String>,
    /// The rows of its table afterwards.
    rows: Vec<String>,
}

impl Story {
    fn tell<C: Server>(name: &str, text: &str) -> Option<String> {
        let databases = [Database::<C>::new(name)?, Database::<C>::new(name)?];
        let urls = databases.each_ref().map(|database| pair::sqlalchemy(C::NAME, database.url()));
        let project =
            Project::empty().file("migrate.toml", "heads = \"many\"\n").variable("DATABASE_URL", &urls[1]);
        let alembic = Alembic::start(name, project.path())?;
        let mut story = Self { project, alembic, urls, rows: vec![], told: String::new() };
        story.begin();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(theirs) = line.strip_prefix("$ alembic ") {
                story.say(line);
                let ours = lines.next_if(|line| line.starts_with("$ migrate "));
                ours.into_iter().for_each(|line| story.say(line));
                story.command(Some(theirs), ours.map(|line| &line["$ migrate ".len()..]));
            } else if let Some(ours) = line.strip_prefix("$ migrate ") {
                story.say(line);
                story.command(None, Some(ours));
            } else if let Some(both) = line.strip_prefix("$ ") {
                story.say(line);
                story.command(Some(both), Some(both));
            } else if let Some(edit) = line.strip_prefix("~ ") {
                story.say(line);
                story.edit(edit);
            } else if let Some(folders) = line.strip_prefix("& ") {
                story.say(line);
                story.locations(folders);
            } else if line.is_empty() || line.starts_with('#') {
                story.say(line);
            }
        }
        Some(story.told)
    }

    fn say(&mut self, line: &str) {
        self.told.push_str(line);
        self.told.push('\n');
    }

    /// Makes an environment with Alembic's own template.
    fn begin(&mut self) {
        let answer = self.alembic.run(&["init", "alembic"]);
        assert!(answer.succeeded(), "{answer:#?}");
        let ini = self.project.read("alembic.ini");
        let url = format!("sqlalchemy.url = {}", self.urls[0].replace('%', "%%"));
        let ini = ini.replace("sqlalchemy.url = driver://user:pass@localhost/dbname", &url);
        assert!(ini.contains(&url), "Alembic's template has another URL");
        let put = |path: &str, text: &str| fs::write(self.project.path().join(path), text).expect("a file");
        put("alembic.ini", &ini);
        fs::create_dir(self.project.path().join("migrations")).expect("a folder");
    }

    fn command(&mut self, theirs: Option<&str>, ours: Option<&str>) {
        let runs = ours.is_some_and(|ours| ours.starts_with("upgrade") || ours.starts_with("downgrade"));
        let must_agree = theirs.is_some() && runs;
        let (theirs, ours) = (self.theirs(theirs.map(words)), self.ours(ours.map(words)));
        if must_agree {
            let [theirs, ours] = self.urls.each_ref().map(|url| self.alembic.tables(url));
            assert_eq!(theirs, ours, "the tables differ after this:\n{}", self.told);
        }
        for (tool, refusal) in [("alembic", &theirs.refusal), ("migrate", &ours.refusal)] {
            if let Some(why) = refusal {
                self.say(&format!("!{tool} {why}"));
            }
        }
        // Of several orders that are right, Alembic's depends on sets of objects and differs between runs.
        if sorted(&theirs.lines) == sorted(&ours.lines) {
            ours.lines.iter().for_each(|line| self.say(line));
        } else {
            theirs.lines.iter().for_each(|line| self.say(&format!("alembic> {line}")));
            ours.lines.iter().for_each(|line| self.say(&format!("migrate> {line}")));
        }
        let shown = |rows: &[String]| if rows.is_empty() { "base".to_owned() } else { rows.join(" ") };
        if theirs.rows != ours.rows {
            self.say(&format!("alembic@ {}", shown(&theirs.rows)));
            self.say(&format!("migrate@ {}", shown(&ours.rows)));
        } else if ours.rows != self.rows {
            self.say(&format!("@ {}", shown(&ours.rows)));
        }
        self.rows = ours.rows;
    }

    fn theirs(&mut self, args: Option<Vec<String>>) -> Told {
        let (mut refusal, mut lines) = (None, vec![]);
        if let Some(args) = args {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let answer = self.alembic.run(&args);
            if answer.succeeded() {
                lines = listed(args[0], &answer.stdout);
            } else {
                refusal = Some(answer.failure().to_owned());
            }
        }
        Told { refusal, lines, rows: self.alembic.rows(&self.urls[0], "alembic_version") }
    }

    fn ours(&mut self, args: Option<Vec<String>>) -> Told {
        let (mut refusal, mut lines) = (None, vec![]);
        if let Some(args) = args {
            let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
            if args[0] == "history" {
                args.push("--no-graph");
            }
            let output = self.project.output(&args);
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
            let (stdout, stderr) = (text(output.stdout), text(output.stderr));
            if output.status.success() {
                lines = listed(args[0], &stdout);
            } else {
                let why = stderr.lines().find(|line| line.starts_with("error"));
                refusal = Some(why.unwrap_or("no error").to_owned());
            }
        }
        Told { refusal, lines, rows: self.alembic.rows(&self.urls[1], "__migrate_version") }
    }

    /// Configures further version locations.
    fn locations(&mut self, folders: &str) {
        let put = |path: &str, text: String| fs::write(self.project.path().join(path), text).expect("a file");
        let of =
            |tool: &'static str| folders.split_whitespace().map(move |folder| format!("{tool}/{folder}"));
        for folder in of("theirs").chain(of("ours")) {
            fs::create_dir_all(self.project.path().join(folder)).expect("a folder");
        }
        let theirs: String = of("theirs").map(|folder| format!(" {folder}")).collect();
        let ini = self.project.read("alembic.ini");
        let locations = format!("path_separator = space\nversion_locations = alembic/versions{theirs}");
        put("alembic.ini", ini.replace("path_separator = os", &locations));
        let ours: String = of("ours").map(|folder| format!(", \"{folder}\"")).collect();
        put("migrate.toml", format!("heads = \"many\"\ndir = [\"migrations\"{ours}]\n"));
    }

    /// Writes the statements of a revision into both files.
    fn edit(&mut self, edit: &str) {
        let (id, statements) = edit.split_once(": ").expect("an id");
        let (up, down) = statements.split_once(" / ").expect("two statements");
        let script = find(self.project.path(), id, "py");
        let text = fs::read_to_string(&script).expect("a script");
        let text = text.replacen("    pass\n", &format!("    op.execute(\"{up}\")\n"), 1);
        let text = text.replacen("    pass\n", &format!("    op.execute(\"{down}\")\n"), 1);
        fs::write(script, text).expect("a script");
        let file = find(self.project.path(), id, "sql");
        let text = fs::read_to_string(&file).expect("a file");
        let text = text.replacen("-- migrate:upgrade\n", &format!("-- migrate:upgrade\n{up};\n"), 1);
        let text = text.replacen("-- migrate:downgrade\n", &format!("-- migrate:downgrade\n{down};\n"), 1);
        fs::write(file, text).expect("a file");
    }
}

/// The file of a revision.
fn find(folder: &Path, id: &str, extension: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with(&format!("{id}_")) && name.ends_with(extension) {
                return path;
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    panic!("no file of {id}");
}

/// The words of a command line, with quotes around those that have blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (number, part) in line.split('"').enumerate() {
        match number % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// What a command lists, without what cannot be the same: paths, dates, and the copy of the header in Alembic's
/// docstrings. Where Alembic takes the order from Python's sets, the lines are sorted.
fn listed(command: &str, stdout: &str) -> Vec<String> {
    let aside = ["Path: ", "Create date: ", "    Revision ID: ", "    Revises: ", "    Create Date: "];
    // What a revision changes, Alembic does not know.
    let changes = ["Changes", "    + ", "    - ", "    ~ ", "      + ", "      - "];
    let is_aside = |line: &str| {
        line.trim().is_empty() || aside.iter().chain(&changes).any(|start| line.starts_with(start))
    };
    let mut lines: Vec<String> = match command {
        "current" | "heads" | "history" | "branches" | "show" => stdout.lines(),
        _ => "".lines(),
    }
    .filter(|line| !is_aside(line))
    .map(|line| match line.split_once("Current revision(s) for ") {
        Some(_) => "Current revision(s) for [url]:".to_owned(),
        None => lists_sorted(line.trim_end()),
    })
    .collect();
    match command {
        "current" => {
            // In full, each revision has several lines, and the first line of all is about the database.
            let is_full = lines.iter().any(|line| line.starts_with("Rev: "));
            let begins = |line: &String| !is_full || line.starts_with("Rev: ");
            let mut blocks: Vec<&[String]> = lines.chunk_by(|_, next| !begins(next)).collect();
            blocks.sort_by_key(|block| (begins(&block[0]), *block));
            lines = blocks.concat();
        }
        "branches" => {
            let is_child = |line: &String| line.trim_start().starts_with("-> ");
            lines.chunk_by_mut(|a, b| is_child(a) && is_child(b)).for_each(<[String]>::sort_unstable);
        }
        _ => {}
    }
    lines
}

/// Sorts the lists in a line: Alembic's labels and children come out of Python's sets.
fn lists_sorted(line: &str) -> String {
    let sort = |list: &str| {
        let mut items: Vec<&str> = list.split(", ").collect();
        items.sort_unstable();
        items.join(", ")
    };
    for key in ["Branches into: ", "Branch names: "] {
        if let Some(list) = line.strip_prefix(key) {
            return format!("{key}{}", sort(list));
        }
    }
    let mut parts = line.split('(');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('(');
        match part.split_once(')') {
            Some((list, rest)) => out.push_str(&format!("{}){rest}", sort(list))),
            None => out.push_str(part),
        }
    }
    out
}

fn sorted(lines: &[String]) -> Vec<&String> {
    let mut lines: Vec<&String> = lines.iter().collect();
    lines.sort_unstable();
    lines
}

fn story<C: Server>(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/alembic/{name}.txt"));
    let text = fs::read_to_string(&path).expect("a story");
    if let Some(told) = Story::tell::<C>(name, &text) {
        assert_data_eq!(told, Data::read_from(&path, None));
    }
}

#[test]
fn the_tutorial_on_sqlite() {
    story::<SqliteConnection>("tutorial");
}

#[test]
fn the_tutorial_on_postgres() {
    story::<PgConnection>("tutorial");
}

#[test]
fn working_with_branches() {
    story::<SqliteConnection>("branches");
}
