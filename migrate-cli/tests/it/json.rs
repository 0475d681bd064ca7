//! `--json`: every line an object, the first with the format's version.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::project::Project;

#[test]
fn a_run() {
    let project = Project::line();
    assert_data_eq!(
        project.story(&[
            "upgrade --json",
            "upgrade --json",
            "downgrade -1 --json",
            "current --json",
            "status --json"
        ]),
        str![[r#"
$ migrate upgrade --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"upgrade"}
{"type":"plan","from":[],"to":["a3"],"steps":3}
{"type":"applied","revision":"a1","direction":"upgrade","statements":1,"millis":0}
{"type":"applied","revision":"a2","direction":"upgrade","statements":1,"millis":0}
{"type":"applied","revision":"a3","direction":"upgrade","statements":1,"millis":0}
{"type":"end","ok":true,"exit":0,"current":["a3"]}
$ migrate upgrade --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"upgrade"}
{"type":"end","ok":true,"exit":0,"current":["a3"]}
$ migrate downgrade -1 --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"downgrade"}
{"type":"plan","from":["a3"],"to":["a2"],"steps":1}
{"type":"applied","revision":"a3","direction":"downgrade","statements":1,"millis":0}
{"type":"end","ok":true,"exit":0,"current":["a2"]}
$ migrate current --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"current"}
{"type":"revision","revision":"a2","parents":["a1"],"depends_on":[],"labels":[],"message":"posts","created":"2026-11-21 00:32:10 UTC","path":"migrations/a2_posts.sql","head":false,"branchpoint":false,"mergepoint":false}
{"type":"end","ok":true,"exit":0,"current":["a2"]}
$ migrate status --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"status"}
{"type":"status","current":["a2"],"heads":["a3"],"applied":2,"pending":["a3"],"ok":false}
{"type":"end","ok":true,"exit":0,"current":["a2"]}

"#]]
    );
}

#[test]
fn errors_are_lines_too() {
    let project =
        Project::line().file("migrations/bad.sql", "-- bad\n--\n-- Revision ID: b1\n-- Revised: a1\n");
    assert_data_eq!(
        project.story(&["heads --json", "upgrade nowhere --json --dir missing"]),
        str![[r#"
$ migrate heads --json
exit 3
--- stdout
{"type":"begin","format":1,"command":"heads"}
{"type":"diagnostic","level":"error","code":"unknown-key","message":"`Revised` is not a key of the header","spans":[{"path":"migrations/bad.sql","line":4,"column":4,"label":"unknown key"}],"notes":[],"helps":["the nearest key is `Revises`"]}
{"type":"end","ok":false,"exit":3}
$ migrate upgrade nowhere --json --dir missing
exit 2
--- stdout
{"type":"begin","format":1,"command":"upgrade"}
{"type":"diagnostic","level":"error","code":"no-directory","message":"there is no folder `missing`","spans":[],"notes":[],"helps":["name the migration directory with `--dir`, or `dir` in migrate.toml"]}
{"type":"end","ok":false,"exit":2}

"#]]
    );
}

#[test]
fn every_command_prints_lines_of_objects() {
    let project = Project::branched();
    for line in [
        "init",
        "heads",
        "branches",
        "history",
        "show b1",
        "status",
        "upgrade heads",
        "current",
        "history -i",
        "check",
        "stamp blog@head",
        "ensure-version",
        "merge heads",
        "downgrade nowhere",
        "resolve b1 --applied",
        "revision -m x",
        "revision -m x --sql --head blog@head",
        "list-templates",
        "edit",
        "upgrade --forse",
        "upgarde",
    ] {
        let args: Vec<&str> = line.split_whitespace().chain(["--json"]).collect();
        let output = project.output(&args);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().expect("a type")).collect();
        assert_eq!((types[0], &lines[0]["format"]), ("begin", &Value::from(1)), "{line}");
        let end = lines.last().expect("a last line");
        assert_eq!(end["type"], "end", "{line}");
        assert_eq!(end["exit"].as_i64(), output.status.code().map(i64::from), "{line}");
        assert_eq!(end["ok"].as_bool(), Some(output.status.success()), "{line}");
    }
}
