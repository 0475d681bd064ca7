//! Tells cargo to rebuild when a revision is added, removed or changed.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=tests/fixtures");
}
