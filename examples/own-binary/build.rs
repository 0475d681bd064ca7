fn main() {
    // The history is read while the crate is compiled; cargo has to know where it is to notice a new file.
    println!("cargo::rerun-if-changed=migrations");
}
