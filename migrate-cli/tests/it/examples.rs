//! The examples of docs/build-checks.md: each check has one, which is a case of tests/ui and is what the command says of it.
//!
//! `SNAPSHOTS=overwrite` writes them anew; read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use migrate_core::checks::CODES;

use crate::project::Project;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// A case of tests/ui.
struct Case {
    /// The call of the macro.
    call: String,
    /// What the build says.
    stderr: String,
}

impl Case {
    fn of(code: &str) -> Self {
        let name = format!("check_{}", code.replace('-', "_"));
        let cases = root().join("tests/ui/cases");
        let read = |extension: &str| {
            let path = cases.join(&name).with_extension(extension);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self { call: read("rs"), stderr: read("stderr") }
    }

    /// The text in quotes after `word` in the call.
    fn option(&self, word: &str) -> Option<&str> {
        let rest = self.call.split_once(&format!("{word} \""))?.1;
        rest.split('"').next()
    }

    /// What `migrate check` says of it.
    fn checked(&self) -> String {
        let mut project = Project::empty();
        let cases = root().join("tests/ui/cases");
        let folder = cases.join(self.option("in").expect("a folder"));
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "sql") {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).expect("a file");
                project = project.file(&format!("migrations/{name}"), &text);
            }
        }
        let dialects = self.call.split_once("dialects = [").expect("dialects").1;
        let dialects = dialects.split(']').next().expect("a list").replace(", ", "\", \"");
        let mut config = format!("dialects = [\"{dialects}\"]\n");
        if self.call.contains("heads = many") {
            config.push_str("heads = \"many\"\n");
        }
        if let Some(declared) = self.option("schema =") {
            let text = fs::read_to_string(cases.join(declared)).expect("a file");
            project = project.file("src/schema.rs", &text);
            config.push_str("schema = \"src/schema.rs\"\n");
        }
        let output = project.file("migrate.toml", &config).output(&["check", "--no-database"]);
        String::from_utf8(output.stderr).expect("UTF-8")
    }
}

/// The finding of this code in what the command says.
fn finding(said: &str, code: &str) -> Option<String> {
    let begins = |line: &str| line.starts_with("error") || line.starts_with("warning");
    let mut lines = said.lines().skip_while(|line| !(begins(line) && line.contains(&format!("[{code}]"))));
    let first = lines.next()?;
    let rest = lines.take_while(|line| !begins(line) && !line.trim_start().starts_with("Checked"));
    Some([first].into_iter().chain(rest).collect::<Vec<_>>().join("\n"))
}

#[test]
fn each_check_has_an_example_that_is_true() {
    let path = root().join("docs/build-checks.md");
    let mut page = fs::read_to_string(&path).expect("the page");
    let mut wrong = vec![];
    for code in CODES {
        let case = Case::of(code);
        assert!(case.stderr.contains(&format!("[{code}]")), "the case of `{code}` is about something else");
        let said = case.checked();
        let Some(finding) = finding(&said, code) else {
            panic!("`{code}` is not found in its case:\n{said}")
        };
        let heading = format!("\n### {code}\n");
        let start =
            page.find(&heading).unwrap_or_else(|| panic!("no section about `{code}`")) + heading.len();
        let end = page[start..].find("\n## ").into_iter().chain(page[start..].find("\n### ")).min();
        let section = start..end.map_or(page.len(), |end| start + end);
        let Some(block) = page[section.clone()].find("```text\n").map(|at| section.start + at + 8) else {
            wrong.push(format!("the section about `{code}` has no example"));
            page.insert_str(section.end, &format!("\n```text\n{finding}\n```\n"));
            continue;
        };
        let close = block + page[block..].find("\n```").expect("the end of the example");
        if page[block..close] != *finding {
            wrong.push(format!("the example of `{code}` is not what `migrate check` says:\n{finding}"));
            page.replace_range(block..close, &finding);
        }
    }
    if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
        fs::write(&path, page).expect("the page is written");
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}
