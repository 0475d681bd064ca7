//! diesel's rules for a migration directory.

use std::fs;
use std::path::Path;

/// The version and the name in a directory's name, by diesel's rule: the text before the first `_` without dashes, and
/// what follows it.
pub(crate) fn version_and_name(directory: &str) -> (String, String) {
    let (version, name) = directory.split_once('_').unwrap_or((directory, ""));
    (version.replace('-', ""), name.to_owned())
}

/// Whether the migration runs in a transaction.
///
/// diesel reads `run_in_transaction` from `metadata.toml`. Without that file, or with one that is not TOML, the answer is
/// yes; with a file that does not have the key the answer is no (diesel 2.3: the key's default is `false`).
pub(crate) fn runs_in_transaction(directory: &Path) -> bool {
    let Ok(text) = fs::read_to_string(directory.join("metadata.toml")) else { return true };
    let mut value = false;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('[') {
            continue;
        }
        let Some((key, text)) = line.split_once('=') else { return true };
        if key.trim().trim_matches('"') == "run_in_transaction" {
            match text.trim() {
                "true" => value = true,
                "false" => value = false,
                _ => return true,
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_what_diesel_makes_of_them() {
        let check = |directory: &str, version: &str, name: &str| {
            assert_eq!(version_and_name(directory), (version.to_owned(), name.to_owned()));
        };
        check("2023-01-02-030405_create_users", "20230102030405", "create_users");
        check("2019-11-15-182353_Add email notifications", "20191115182353", "Add email notifications");
        check("00000000000000_diesel_initial_setup", "00000000000000", "diesel_initial_setup");
        check("v1", "v1", "");
    }

    #[test]
    fn a_missing_key_means_what_diesel_takes_it_for() {
        let folder = tempfile::tempdir().unwrap();
        let with = |text: Option<&str>| {
            let file = folder.path().join("metadata.toml");
            match text {
                Some(text) => fs::write(file, text).unwrap(),
                None => drop(fs::remove_file(file)),
            }
            runs_in_transaction(folder.path())
        };
        assert!(with(None));
        assert!(!with(Some("")));
        assert!(!with(Some("# nothing\n")));
        assert!(!with(Some("run_in_transaction = false\n")));
        assert!(with(Some("run_in_transaction = true # as usual\n")));
        assert!(with(Some("run_in_transaction: true\n")));
    }
}
