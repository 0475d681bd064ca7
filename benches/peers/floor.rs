//! What the system alone takes to list a folder and to open, read and close every file in it, on all cores: the floor
//! under every command that reads a history. Built by `benches/run` with `rustc -O`.

use std::fs::{File, read_dir};
use std::io::Read as _;
use std::thread;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let paths: Vec<_> =
        read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
    thread::scope(|scope| {
        for paths in paths.chunks(paths.len().div_ceil(threads).max(1)) {
            scope.spawn(move || {
                let mut room = [0; 64 * 1024];
                for path in paths {
                    let mut file = File::open(path).expect("a file");
                    while file.read(&mut room).expect("bytes") > 0 {}
                }
            });
        }
    });
}
